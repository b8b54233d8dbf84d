/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_curl.h"

#include <stdarg.h>
#include <stdio.h>
#include <strings.h>
#include <time.h>

#define MAX_HEADERS  8
#define MAX_AHEAD_MS 10000000

static struct fuzz_input rest;
static void (*check_request)(const struct fake_curl_request *);

static struct fake_curl_request request;
static char *reason; /* CURL_ERROR_SIZE bytes */
static curl_write_callback take_body;
static void *context;

static struct fake_curl_answer answer;
static struct curl_header headers[MAX_HEADERS];
static size_t header_count;

CURLcode __wrap_curl_easy_setopt(CURL *curl, CURLoption option, ...);
CURLcode __wrap_curl_easy_perform(CURL *curl);
CURLcode __wrap_curl_easy_getinfo(CURL *curl, CURLINFO info, ...);
CURLHcode __wrap_curl_easy_header(CURL *curl, const char *name, size_t index,
                                  unsigned origin, int transfer,
                                  struct curl_header **found);

static void forget_answer(void)
{
    for (size_t i = 0; i < header_count; i++) {
        free(headers[i].name);
        free(headers[i].value);
    }
    header_count = 0;
    free(answer.body);
    memset(&answer, 0, sizeof answer);
}

void fake_curl_answers(const struct fuzz_input *answers,
                       void (*check)(const struct fake_curl_request *))
{
    rest = *answers;
    check_request = check;
}

void fake_curl_end(void)
{
    forget_answer();
    free(request.url);
    memset(&request, 0, sizeof request);
}

const struct fake_curl_answer *fake_curl_answer(void)
{
    return &answer;
}

static struct curl_header *find(const char *name)
{
    for (size_t i = 0; i < header_count; i++)
        if (strcasecmp(headers[i].name, name) == 0)
            return &headers[i];
    return NULL;
}

const char *fake_curl_header(const char *name)
{
    const struct curl_header *header = find(name);

    return header != NULL ? header->value : NULL;
}

/* ------------------------------------------------------------- request --- */

CURLcode __wrap_curl_easy_setopt(CURL *curl, CURLoption option, ...)
{
    va_list value;

    (void)curl;
    va_start(value, option);
    if (option == CURLOPT_URL) {
        free(request.url);
        request.url = strdup(va_arg(value, const char *));
    } else if (option == CURLOPT_HTTPGET) {
        request.post = false;
    } else if (option == CURLOPT_POST) {
        request.post = true;
    } else if (option == CURLOPT_POSTFIELDS) {
        request.body = va_arg(value, const char *);
    } else if (option == CURLOPT_POSTFIELDSIZE_LARGE) {
        request.body_len = va_arg(value, curl_off_t);
    } else if (option == CURLOPT_HTTPHEADER) {
        request.headers = va_arg(value, const struct curl_slist *);
    } else if (option == CURLOPT_TIMEOUT) {
        request.timeout_s = va_arg(value, long);
    } else if (option == CURLOPT_ERRORBUFFER) {
        reason = va_arg(value, char *);
    } else if (option == CURLOPT_WRITEFUNCTION) {
        take_body = va_arg(value, curl_write_callback);
    } else if (option == CURLOPT_WRITEDATA) {
        context = va_arg(value, void *);
    }
    va_end(value);
    return CURLE_OK;
}

/* -------------------------------------------------------------- answer --- */

/* As libcurl does, which gives out no more at once. */
static void give_body(const char *bytes, size_t len)
{
    while (len > 0) {
        size_t piece = len < CURL_MAX_WRITE_SIZE ? len : CURL_MAX_WRITE_SIZE;
        char *copy = fuzz_copy(bytes, piece);

        must(take_body(copy, 1, piece, context) == piece,
             "a body is taken to its end");
        free(copy);
        bytes += piece;
        len -= piece;
    }
}

static void add_body(const uint8_t *bytes, size_t len)
{
    answer.body = realloc(answer.body, answer.len + len + 1);
    must(answer.body != NULL, "there is memory");
    memcpy(answer.body + answer.len, bytes, len);
    give_body(answer.body + answer.len, len);
    answer.len += len;
}

/* A header's value, less the blanks that libcurl leaves out. */
static char *value_of(const char *text)
{
    struct timespec now;
    char *value = NULL;

    text += strspn(text, " \t");
    if (text[0] != '+')
        return strdup(text);
    (void)clock_gettime(CLOCK_REALTIME, &now);
    must(asprintf(&value, "%lld",
                  (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000 +
                      strtol(text, NULL, 10) % MAX_AHEAD_MS) > 0,
         "there is memory");
    return value;
}

static void add_header(const struct fuzz_input *line)
{
    char *text = fuzz_text(line->bytes, line->len);
    char *colon = strchr(text, ':');

    if (colon != NULL && header_count < MAX_HEADERS) {
        *colon = '\0';
        headers[header_count++] = (struct curl_header){
            .name = strdup(text), .value = value_of(colon + 1)};
    }
    free(text);
}

static void take_line(const struct fuzz_input *line)
{
    if (line->len > 0 && line->bytes[0] == '>')
        add_body(line->bytes + 1, line->len - 1);
    else
        add_header(line);
}

CURLcode __wrap_curl_easy_perform(CURL *curl)
{
    struct fuzz_input lines = fuzz_paragraph(&rest);
    struct fuzz_input first = fuzz_part(&lines, "\n");
    char *head = fuzz_text(first.bytes, first.len);
    char *why;

    (void)curl;
    check_request(&request);
    forget_answer();
    answer.status = strtol(head, &why, 10);
    while (lines.len > 0) {
        struct fuzz_input line = fuzz_part(&lines, "\n");

        take_line(&line);
    }
    if (answer.status == 0)
        (void)snprintf(reason, CURL_ERROR_SIZE, "%s",
                       why + strspn(why, " "));
    free(head);
    return answer.status == 0 ? CURLE_RECV_ERROR : CURLE_OK;
}

CURLcode __wrap_curl_easy_getinfo(CURL *curl, CURLINFO info, ...)
{
    va_list value;

    (void)curl;
    must(info == CURLINFO_RESPONSE_CODE, "nothing else is asked for");
    va_start(value, info);
    *va_arg(value, long *) = answer.status;
    va_end(value);
    return CURLE_OK;
}

CURLHcode __wrap_curl_easy_header(CURL *curl, const char *name, size_t index,
                                  unsigned origin, int transfer,
                                  struct curl_header **found)
{
    (void)curl;
    must(index == 0 && origin == CURLH_HEADER && transfer == -1,
         "the first header of the last answer is asked for");
    *found = find(name);
    return *found != NULL ? CURLHE_OK : CURLHE_MISSING;
}
