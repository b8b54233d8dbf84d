/*
 * The words of a command line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "words.h"

#include <string.h>

struct word words_next(const char **line, size_t *len)
{
    struct word word = {*line, 0};

    while (word.len < *len && word.text[word.len] != ' ')
        word.len++;
    *line += word.len;
    *len -= word.len;
    if (*len > 0) {
        ++*line;
        --*len;
    }
    return word;
}

bool words_equal(struct word word, const char *text)
{
    return word.len == strlen(text) && memcmp(word.text, text, word.len) == 0;
}

bool words_int64(struct word word, int64_t *value)
{
    const bool negative = word.len > 0 && word.text[0] == '-';
    const uint64_t limit = (uint64_t)INT64_MAX + (negative ? 1u : 0u);
    uint64_t magnitude = 0;

    if (word.len == (negative ? 1u : 0u))
        return false;
    for (size_t i = negative ? 1 : 0; i < word.len; i++) {
        const uint64_t digit = (uint64_t)((unsigned char)word.text[i]) - '0';

        if (digit > 9 || magnitude > (limit - digit) / 10)
            return false;
        magnitude = magnitude * 10 + digit;
    }
    if (negative && magnitude > 0)
        *value = -(int64_t)(magnitude - 1) - 1;
    else
        *value = (int64_t)magnitude;
    return true;
}
