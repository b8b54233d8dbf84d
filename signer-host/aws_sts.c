/*
 * AssumeRoleWithWebIdentity: a POST that the token signs, so to speak.
 *
 *   <AssumeRoleWithWebIdentityResponse ...>
 *     <AssumeRoleWithWebIdentityResult>
 *       <Credentials>
 *         <AccessKeyId/> <SecretAccessKey/> <SessionToken/> <Expiration/>
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_sts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <curl/curl.h>
#include <expat.h>
#include <mbedtls/platform_util.h>

#include "aws_credential_http.h"
#include "aws_endpoint.h"
#include "input.h"
#include "time_text.h"

#define CONNECT_TIMEOUT_MS 5000L
#define TIMEOUT_MS         10000L
#define ATTEMPTS           3

/* STS takes tokens of up to 20,000 characters. */
#define MAX_TOKEN ((size_t)20000)

/* ----------------------------------------------------------------- XML --- */

enum field { ID, SECRET, TOKEN, EXPIRATION, FIELD_COUNT };
static const char *const fields[FIELD_COUNT] = {
    "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"};

#define MAX_VALUE ((size_t)16 * 1024)

struct reader {
    XML_Parser parser;
    bool in_credentials;
    int field; /* -1: none is open */
    bool broken;
    size_t len[FIELD_COUNT];
    bool seen[FIELD_COUNT];
    char value[FIELD_COUNT][MAX_VALUE + 1]; /* secrets */
};

static void XMLCALL start_element(void *context, const XML_Char *name,
                                  const XML_Char **attributes)
{
    struct reader *reader = context;

    (void)attributes;
    if (strcmp(name, "Credentials") == 0)
        reader->in_credentials = true;
    /* A value has no elements in it. */
    reader->broken = reader->broken || reader->field >= 0;
    for (int i = 0; reader->in_credentials && i < FIELD_COUNT; i++)
        if (strcmp(name, fields[i]) == 0) {
            reader->broken = reader->broken || reader->seen[i];
            reader->seen[i] = true;
            reader->field = i;
        }
}

static void XMLCALL end_element(void *context, const XML_Char *name)
{
    struct reader *reader = context;

    reader->field = -1;
    if (strcmp(name, "Credentials") == 0)
        reader->in_credentials = false;
}

static void XMLCALL add_text(void *context, const XML_Char *text, int len)
{
    struct reader *reader = context;
    int at = reader->field;

    if (at < 0)
        return;
    if ((size_t)len > MAX_VALUE - reader->len[at]) {
        reader->broken = true;
        return;
    }
    memcpy(reader->value[at] + reader->len[at], text, (size_t)len);
    reader->len[at] += (size_t)len;
}

/* STS declares no entities, and whoever does is not STS. */
static void XMLCALL refuse_doctype(void *context, const XML_Char *name,
                                   const XML_Char *system,
                                   const XML_Char *public, int internal)
{
    struct reader *reader = context;

    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    reader->broken = true;
    (void)XML_StopParser(reader->parser, XML_FALSE);
}

static bool parse_xml(struct reader *reader, const char *xml, size_t len)
{
    XML_Parser parser = XML_ParserCreate(NULL);
    bool done;

    if (parser == NULL)
        return false;
    reader->parser = parser;
    reader->field = -1;
    XML_SetUserData(parser, reader);
    XML_SetElementHandler(parser, start_element, end_element);
    XML_SetCharacterDataHandler(parser, add_text);
    XML_SetStartDoctypeDeclHandler(parser, refuse_doctype);
    done =
        XML_Parse(parser, xml, (int)len, 1) == XML_STATUS_OK && !reader->broken;
    XML_ParserFree(parser);
    return done;
}

static bool take_values(const struct reader *reader,
                        struct aws_credentials *credentials,
                        struct error *error)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (reader->len[i] == 0 || strlen(reader->value[i]) != reader->len[i])
            return error_set(error, EXIT_USAGE, "its answer has no %s",
                             fields[i]);
    if (!time_parse_rfc3339(reader->value[EXPIRATION],
                            &credentials->expiration))
        return error_set(error, EXIT_USAGE,
                         "its answer has an Expiration that is no date");
    credentials->access_key_id = strdup(reader->value[ID]);
    credentials->secret_access_key = strdup(reader->value[SECRET]);
    credentials->session_token = strdup(reader->value[TOKEN]);
    return (credentials->access_key_id != NULL &&
            credentials->secret_access_key != NULL &&
            credentials->session_token != NULL) ||
           out_of_memory(error);
}

bool aws_sts_parse(const char *xml, size_t len,
                   struct aws_credentials *credentials, struct error *error)
{
    struct reader *reader = calloc(1, sizeof *reader);
    bool done;

    if (reader == NULL)
        return out_of_memory(error);
    done = parse_xml(reader, xml, len)
               ? take_values(reader, credentials, error)
               : error_set(error, EXIT_USAGE,
                           "its answer is not the XML of STS: check the "
                           "endpoint URL");
    mbedtls_platform_zeroize(reader, sizeof *reader);
    free(reader);
    return done;
}

/* ------------------------------------------------------------- request --- */

static void clear(char *text)
{
    if (text != NULL)
        mbedtls_platform_zeroize(text, strlen(text));
}

/* curl_easy_escape() writes %XX for all but RFC 3986's unreserved. */
static char *join(const char *const parts[3])
{
    char *escaped[3];
    char *body = NULL;
    bool done = true;

    for (int i = 0; i < 3; i++) {
        escaped[i] = curl_easy_escape(NULL, parts[i], 0);
        done = done && escaped[i] != NULL;
    }
    if (done && asprintf(&body,
                         "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&"
                         "RoleArn=%s&RoleSessionName=%s&WebIdentityToken=%s",
                         escaped[0], escaped[1], escaped[2]) < 0)
        body = NULL;
    for (int i = 0; i < 3; i++) {
        clear(escaped[i]);
        curl_free(escaped[i]);
    }
    return body;
}

static char *make_body(const struct aws_web_identity *identity,
                       const char *token)
{
    char name[32];
    const char *parts[] = {identity->role_arn, identity->session_name, token};

    (void)snprintf(name, sizeof name, "signer-host-%" PRId64,
                   (int64_t)time(NULL));
    if (parts[1] == NULL)
        parts[1] = name;
    return join(parts);
}

/* The file's text without white space at its end, which no token has. */
static bool read_token(const char *path, struct input *token,
                       struct error *error)
{
    if (!input_read_all(path, MAX_TOKEN, token, error))
        return false;
    while (token->len > 0 && strchr(" \t\r\n", token->data[token->len - 1]))
        token->data[--token->len] = '\0';
    if (token->len > 0 && strlen(token->data) == token->len)
        return true;
    input_free(token);
    return error_set(error, EXIT_USAGE,
                     "the token file %.256s is empty or holds a NUL byte: have "
                     "it written anew",
                     path);
}

/* -------------------------------------------------------------- answer --- */

static const char *advice_for(const char *name)
{
    static const struct {
        const char *name;
        const char *advice;
    } known[] = {
        {"ExpiredTokenException",
         "the web identity token has expired: have its file written anew"},
        {"InvalidIdentityToken",
         "check that the account knows the token's issuer (an IAM identity "
         "provider) and its audience"},
        {"AccessDenied", "check the trust policy of the role: it must allow "
                         "sts:AssumeRoleWithWebIdentity to that token"},
        {"IDPRejectedClaim", "have the token's file written anew"},
        {"ValidationError", "check role_arn and role_session_name"},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].advice;
    return "check the role's ARN and its trust policy";
}

static bool refuse(const struct aws_endpoint *endpoint,
                   const struct aws_credential_answer *answer,
                   const char *token, struct error *error)
{
    struct aws_error refusal;
    char start[33];

    aws_error_read(answer->body, answer->len, NULL, NULL, &refusal);
    (void)snprintf(start, sizeof start, "%s", token);
    if (strstr(refusal.message, start) != NULL)
        refusal.message[0] = '\0';
    if (refusal.name[0] == '\0')
        return error_set(error, EXIT_USAGE,
                         "%.200s answered with HTTP %ld and no error that STS "
                         "knows: check the endpoint URL and HTTPS_PROXY",
                         endpoint->host, answer->status);
    return error_set(error, EXIT_REFUSED,
                     "STS refused sts:AssumeRoleWithWebIdentity: %s%s%s; %s",
                     refusal.name, refusal.message[0] != '\0' ? ": " : "",
                     refusal.message, advice_for(refusal.name));
}

static bool exchange(const struct aws_endpoint *endpoint, const char *body,
                     const char *token, struct aws_credentials *credentials,
                     struct error *error)
{
    const struct aws_credential_request request = {
        .method = "POST",
        .url = endpoint->url,
        .headers = {"Content-Type: application/x-www-form-urlencoded",
                    "Expect:"},
        .body = body,
        .ca_bundle = endpoint->ca_bundle,
        .direct = endpoint->loopback,
        .connect_timeout_ms = CONNECT_TIMEOUT_MS,
        .timeout_ms = TIMEOUT_MS,
        .attempts = ATTEMPTS};
    struct aws_credential_answer answer;
    bool done = aws_credential_http(&request, &answer, error);

    if (done)
        done = answer.status == 200
                   ? aws_sts_parse(answer.body, answer.len, credentials, error)
                   : refuse(endpoint, &answer, token, error);
    aws_credential_http_clear(&answer);
    return done;
}

bool aws_sts_web_identity(const struct aws_web_identity *identity,
                          struct aws_credentials *credentials,
                          struct error *error)
{
    struct aws_endpoint endpoint;
    struct input token;
    char *body;
    bool done;

    if (!aws_endpoint_find_sts(identity->profile, identity->region, &endpoint,
                               error))
        return false;
    if (!read_token(identity->token_file, &token, error)) {
        aws_endpoint_clear(&endpoint);
        return false;
    }
    body = make_body(identity, token.data);
    done = body != NULL
               ? exchange(&endpoint, body, token.data, credentials, error)
               : out_of_memory(error);
    clear(body);
    free(body);
    input_free(&token);
    aws_endpoint_clear(&endpoint);
    return done;
}
