/*
 * Changes the JSON of signed.c's inputs by its tokens: libFuzzer's own changes
 * are of bytes, and mostly end in a text that is no JSON.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned seed);

/* What stands in for a JSON token, or beside it. */
static const char *const words[] = {
    "\"exp\":1800000001,", "\"exp\":1800000000,", "\"exp\":4e9,",
    "\"nbf\":1800000000.5,", "\"iat\":1799996400,", "\"iat\":1800000060,",
    "\"aud\":\"device-01\",", "\"aud\":[\"x\",\"device-01\"],",
    "\"aud\":[],", "\"iss\":\"bench-7\",", "\"sub\":\"dev-1\",",
    "\"sub\":\"dev-\\u0031\",", "\"\\u0065xp\":1800000001,", "\"jti\":\"1\",",
    "\"jti\":null,", "\"alg\":\"RS256\",", "\"alg\":\"none\",",
    "\"\\u0061lg\":\"RS256\",", "\"typ\":\"JWT\",", "\"typ\":\"at+jwt\",",
    "\"typ\":\"application/at+JWT\",", "\"kid\":\"one\",", "\"kid\":\"two\",",
    "\"kid\":1,", "\"crit\":[],", "\"b64\":true,", "\"device-01\"",
    "\"bench-7\"", "\"dev-1\"", "\"RS256\"", "\"JWT\"", "\"exp\"", "\"aud\"",
    "\"crit\"", "\"\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"\\ud800\"",
    "\"\xf0\x9f\x98\x80\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "0", "-0", "-1",
    "1800000001", "1800000060", "1800000000.0", "1800000000.9999999999999",
    "253402300799", "253402300800", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "1E400", "0.1e-2", "01",
    "true", "false", "null", "[", "]", "{", "}", ",", ":", "[]", "{}", " ",
    "\t", "\r\n", "[[[[[[[", "]]]]]]]", "{\"a\":{\"a\":{\"a\":{\"a\":",
};
#define WORD_COUNT (sizeof words / sizeof words[0])

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

struct span {
    size_t start;
    size_t end;
};

static bool is_edge(uint8_t byte)
{
    return memchr("{}[],: \t\r\n", byte, 10) != NULL;
}

/* The JSON token, or the string, that begins at or before a random byte. */
static struct span pick(const uint8_t *data, size_t size, uint32_t *state)
{
    struct span span;

    span.start = size > 0 ? next_random(state) % size : 0;
    while (span.start > 0 && !is_edge(data[span.start - 1]))
        span.start--;
    span.end = span.start;
    while (span.end < size && !is_edge(data[span.end]))
        span.end++;
    /* A name with its value, now and then. */
    if (span.end < size && data[span.end] == ':' && next_random(state) % 2)
        while (span.end < size && data[span.end] != ',' &&
               data[span.end] != '}')
            span.end++;
    if (span.end < size && (span.end == span.start || next_random(state) % 4 == 0))
        span.end++;
    return span;
}

/* Puts len bytes in the place of the span; the size does not pass max_size. */
static size_t replace(uint8_t *data, size_t size, size_t max_size,
                      struct span span, const void *bytes, size_t len)
{
    size_t rest = size - span.end;

    if (span.start + len + rest > max_size)
        return size;
    memmove(data + span.start + len, data + span.end, rest);
    if (len > 0)
        memcpy(data + span.start, bytes, len);
    return span.start + len + rest;
}

/* \u for one byte of ASCII, in a string or not. */
static size_t escape(uint8_t *data, size_t size, size_t max_size,
                     uint32_t *state)
{
    static const char digits[] = "0123456789abcdef";
    size_t at = size > 0 ? next_random(state) % size : 0;
    char text[6] = "\\u00";

    if (size == 0 || data[at] >= 0x80)
        return size;
    text[4] = digits[data[at] >> 4];
    text[5] = digits[data[at] & 15];
    return replace(data, size, max_size, (struct span){at, at + 1}, text,
                   sizeof text);
}

static size_t mutate_tokens(uint8_t *data, size_t size, size_t max_size,
                            uint32_t *state)
{
    struct span span = pick(data, size, state);
    struct span other = pick(data, size, state);
    const char *word = words[next_random(state) % WORD_COUNT];
    uint8_t *copy;

    switch (next_random(state) % 6) {
    case 0:
        return replace(data, size, max_size, span, "", 0);
    case 1:
        return escape(data, size, max_size, state);
    case 2:
        span.end = span.start;
        return replace(data, size, max_size, span, word, strlen(word));
    case 3: /* one token in the place of another, or twice */
        if (next_random(state) % 2)
            span.end = span.start;
        copy = fuzz_copy(data + other.start, other.end - other.start);
        size = replace(data, size, max_size, span, copy,
                       other.end - other.start);
        free(copy);
        return size;
    default:
        return replace(data, size, max_size, span, word, strlen(word));
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned seed)
{
    uint32_t state = seed;
    uint32_t rounds = 1 + next_random(&state) % 3;

    if (next_random(&state) % 4 == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    while (rounds-- > 0)
        size = mutate_tokens(data, size, max_size, &state);
    return size;
}
