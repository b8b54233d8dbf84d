/*
 * Splitting a command line into words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "shell_words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\n"

/* Copies a quoted piece without its quotes; *at stands on the first one.
 * Between double quotes a backslash only quotes what would be special. */
static bool copy_quoted(const char **at, char **out)
{
    char quote = *(*at)++;

    for (; **at != quote; (*at)++) {
        if (quote == '"' && **at == '\\' && (*at)[1] != '\0' &&
            strchr("$`\"\\", (*at)[1]) != NULL)
            (*at)++;
        if (**at == '\0')
            return false;
        *(*out)++ = **at;
    }
    (*at)++;
    return true;
}

/* Copies a word, however it is quoted, and a NUL. */
static const char *copy_word(const char **at, char **out)
{
    while (**at != '\0' && strchr(BLANKS, **at) == NULL) {
        if (**at == '"' || **at == '\'') {
            if (!copy_quoted(at, out))
                return "has a quote that is not closed";
            continue;
        }
        if (**at == '\\' && *++*at == '\0')
            return "ends with a backslash";
        *(*out)++ = *(*at)++;
    }
    *(*out)++ = '\0';
    return NULL;
}

char **shell_words(const char *text, const char **reason)
{
    /* n characters make at most (n + 1) / 2 words; a word and its NUL are no
     * longer than the word and the blank behind it. */
    size_t len = strlen(text);
    size_t list_size = ((len + 1) / 2 + 1) * sizeof(char *);
    char **words = malloc(list_size + len + 1);
    char *out = (char *)words + list_size;
    size_t count = 0;

    *reason = words == NULL ? "does not fit into memory" : NULL;
    while (*reason == NULL && *(text += strspn(text, BLANKS)) != '\0') {
        words[count++] = out;
        *reason = copy_word(&text, &out);
    }
    if (*reason != NULL) {
        free(words);
        return NULL;
    }
    words[count] = NULL;
    return words;
}
