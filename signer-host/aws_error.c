/*
 * AWS's error answers: JSON from KMS, XML and HTML from what stands before it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_error.h"

#include <string.h>

#include <jansson.h>

/* -------------------------------------------------------------- reading --- */

void aws_error_clean(const char *text, size_t len, char *out, size_t size)
{
    size_t at = 0;

    for (size_t i = 0; i < len && at + 1 < size; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c > ' ' && c < 0x7f)
            out[at++] = (char)c;
        else if (c >= 0x7f)
            out[at++] = '?';
        else if (at > 0 && out[at - 1] != ' ')
            out[at++] = ' ';
    }
    if (at > 0 && out[at - 1] == ' ')
        at--;
    out[at] = '\0';
}

/* "com.amazonaws.kms#NotFoundException:http://..." is NotFoundException. */
static void set_name(const char *type, struct aws_error *error)
{
    size_t len = strcspn(type, ":");
    const char *hash = memrchr(type, '#', len);
    const char *name = hash != NULL ? hash + 1 : type;

    aws_error_clean(name, len - (size_t)(name - type), error->name,
                    sizeof error->name);
}

static void set_message(const char *message, struct aws_error *error)
{
    aws_error_clean(message, strlen(message), error->message,
                    sizeof error->message);
}

static bool read_json(const char *body, size_t len, struct aws_error *error)
{
    json_t *json = json_loadb(body, len, 0, NULL);
    const char *type = json_string_value(json_object_get(json, "__type"));
    const char *message = json_string_value(json_object_get(json, "message"));

    if (message == NULL)
        message = json_string_value(json_object_get(json, "Message"));
    if (type != NULL)
        set_name(type, error);
    if (message != NULL)
        set_message(message, error);
    json_decref(json);
    return type != NULL || message != NULL;
}

/* <tag>text</tag>, the first of that name. */
static void read_element(const char *body, size_t len, const char *tag,
                         char *out, size_t size)
{
    const char *end = body + len;
    const char *start = memmem(body, len, tag, strlen(tag));
    const char *stop;

    if (start == NULL)
        return;
    start += strlen(tag);
    stop = memchr(start, '<', (size_t)(end - start));
    if (stop != NULL)
        aws_error_clean(start, (size_t)(stop - start), out, size);
}

static bool read_xml(const char *body, size_t len, struct aws_error *error)
{
    read_element(body, len, "<Code>", error->name, sizeof error->name);
    if (error->name[0] == '\0')
        return false;
    read_element(body, len, "<Message>", error->message, sizeof error->message);
    read_element(body, len, "<RequestId>", error->request_id,
                 sizeof error->request_id);
    return true;
}

void aws_error_read(const char *body, size_t len, const char *type_header,
                    const char *id_header, struct aws_error *error)
{
    memset(error, 0, sizeof *error);
    if (!read_json(body, len, error) && !read_xml(body, len, error))
        aws_error_clean(body, len < 200 ? len : 200, error->message,
                        sizeof error->message);
    if (error->name[0] == '\0' && type_header != NULL)
        set_name(type_header, error);
    if (id_header != NULL)
        aws_error_clean(id_header, strlen(id_header), error->request_id,
                        sizeof error->request_id);
}

/* --------------------------------------------------------------- advice --- */

#define RENEW_SESSION                                                          \
    "renew the session (aws sso login, aws login, or new credentials)"
#define UNKNOWN_ID                                                             \
    "check the access key id, or renew the session it belongs to (aws sso "    \
    "login, aws login, or new credentials)"
#define CHECK_SECRET                                                           \
    "check that the secret access key belongs to the access key id, and this " \
    "machine's clock"
#define ALLOW                                                                  \
    "allow that action to these credentials, in the key's policy or an IAM "   \
    "policy"
#define WRONG_KIND "use an RSA key made for SIGN_VERIFY, as key create makes it"
#define CHECK_HEADERS                                                          \
    "check the access key id and the session token, and that no proxy "        \
    "changes headers"
#define TRY_LATER   "try again later"
#define CHECK_CLOCK "set this machine's clock"

/* clang-format off */
static const struct {
    const char *name;
    const char *advice;
    bool of_clock;
} known[] = {
    {"AccessDeniedException", ALLOW, false},
    {"AccessDenied", ALLOW, false},
    {"NotFoundException",
     "check the alias (alias/NAME) or key id, the Region and the account",
     false},
    {"AlreadyExistsException", "choose another alias", false},
    {"InvalidAliasNameException", "choose another alias", false},
    {"InvalidArnException", "check the ARN in the key URI", false},
    {"ExpiredTokenException", RENEW_SESSION, false},
    {"ExpiredToken", RENEW_SESSION, false},
    {"UnrecognizedClientException", UNKNOWN_ID, false},
    {"InvalidClientTokenId", UNKNOWN_ID, false},
    {"MissingAuthenticationTokenException",
     "check that the endpoint is KMS and that no proxy removes the "
     "Authorization header", false},
    {"OptInRequired", "enable this Region for the account", false},
    {"DisabledException",
     "enable the key (aws kms enable-key), or use another", false},
    {"KMSInvalidStateException",
     "key show tells the key's state; a pending deletion can be cancelled (aws "
     "kms cancel-key-deletion), and the key be enabled again", false},
    {"InvalidKeyUsageException", WRONG_KIND, false},
    {"UnsupportedOperationException", WRONG_KIND, false},
    {"KeyUnavailableException", TRY_LATER, false},
    {"KMSInternalException", TRY_LATER, false},
    {"DependencyTimeoutException", TRY_LATER, false},
    {"ThrottlingException",
     "try again later, or raise AWS_MAX_ATTEMPTS; the quota of requests is "
     "shared by the whole account in this Region", false},
    {"LimitExceededException",
     "a quota of the account is used up: delete keys or aliases, or have it "
     "raised in Service Quotas", false},
    {"MalformedPolicyDocumentException", "correct the file of --policy", false},
    {"TagException", "correct --tag", false},
    {"IncompleteSignatureException", CHECK_HEADERS, false},
    {"IncompleteSignature", CHECK_HEADERS, false},
    {"InvalidSignatureException", CHECK_SECRET, true},
    {"SignatureDoesNotMatch", CHECK_SECRET, true},
    {"AuthFailure", CHECK_SECRET, true},
    {"RequestExpired", CHECK_CLOCK, true},
    {"RequestInTheFuture", CHECK_CLOCK, true},
    {"RequestTimeTooSkewed", CHECK_CLOCK, true},
};
/* clang-format on */
#define KNOWN_COUNT (sizeof known / sizeof known[0])

const char *aws_error_advice(const char *name)
{
    for (size_t i = 0; i < KNOWN_COUNT; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].advice;
    return NULL;
}

bool aws_error_is_of_clock(const char *name)
{
    for (size_t i = 0; i < KNOWN_COUNT; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].of_clock;
    return false;
}

bool aws_error_is_of_expiry(const char *name)
{
    return strcmp(name, "ExpiredTokenException") == 0 ||
           strcmp(name, "ExpiredToken") == 0;
}
