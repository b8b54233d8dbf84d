/*
 * Decoding and what ties it to the text, for every text of at most LENGTH bytes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * decode: it reads and writes the text alone, leaves as many bytes as the
 * encoding of RFC 4648 5 has, and accepts a text only if encoding the result
 * gives the very text back: no byte string has a second spelling.
 * fold: what is accepted folds to the same word before and after, and to
 * another once any of its bytes has changed.
 */
#include <base64url.c>

#include "proof.h"

static char encoded(const uint8_t *bytes, size_t len, size_t i)
{
    const size_t first = i * 6 / 8;
    const uint32_t pair =
        (uint32_t)bytes[first] << 8 | (first + 1 < len ? bytes[first + 1] : 0);

    return "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        [pair >> (10 - i * 6 % 8) & 63];
}

void proof_decode(void)
{
    const size_t len = any_length(LENGTH);
    char *text = any_memory(len);
    char original[LENGTH];
    size_t decoded_len = nondet_size();
    kjwt_status status;

    for (size_t i = 0; i < len; i++)
        original[i] = text[i];
    status = kjwt_base64url_decode(text, len, &decoded_len);
    prove(decoded_len == len / 4 * 3 + len % 4 * 3 / 4, "the length");
    prove(status == KJWT_OK || status == KJWT_ERR_BASE64URL, "the status");
    for (size_t i = 0; i < len; i++)
        prove(status != KJWT_OK ||
                  original[i] == encoded((uint8_t *)text, decoded_len, i),
              "one spelling");
    end_of_proof();
}

void proof_fold(void)
{
    const size_t len = any_length(LENGTH);
    char *text = any_memory(len);
    size_t decoded_len = nondet_size();
    uint32_t fold;
    size_t i;

    assume(len > 0);
    fold = kjwt_base64url_fold(text, len);
    if (kjwt_base64url_decode(text, len, &decoded_len) != KJWT_OK)
        return;
    prove(kjwt_base64url_fold_decoded(text, decoded_len) == fold, "the same");
    i = any_length(LENGTH);
    if (i < decoded_len) {
        const uint8_t change = nondet_u8();

        assume(change != 0);
        text[i] = (char)((uint8_t)text[i] ^ change);
        prove(kjwt_base64url_fold_decoded(text, decoded_len) != fold,
              "another");
        end_of_proof();
    }
}
