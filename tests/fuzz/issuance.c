/*
 * `key-set` and `certificate`: what is not refused is what the options say, and
 * a device takes it; what is refused leaves no trace.
 *
 *     s or c     which; so, co: into a file
 *     one argument a line
 *                (empty line)
 *     the file of file:set; @R and @O stand for the moduli of file:root and
 *     file:other
 *                (empty line)
 *     the Claims Set of the set before, which file:root signs
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "../../signer-host/base64url.h"
#include "command_line.h"
#include "issued.h"
#include "kjwt_keyset.h"
#include "signer.h"
#include "signing.h"
#include "test_keys.h"
#include "time_text.h"

#define NOW 1800000000

time_t __wrap_time(time_t *now);

time_t __wrap_time(time_t *now)
{
    if (now != NULL)
        *now = NOW;
    return NOW;
}

/* ------------------------------------------------------ the token file --- */

static const char before[] = "before";

static void write_before(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    must(fd >= 0 && write(fd, before, strlen(before)) > 0 && close(fd) == 0,
         "the file can be written");
}

static char *read_file(const char *path)
{
    static char text[KJWT_MAX_TOKEN_LENGTH + 2];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;

    must(len >= 0 && close(fd) == 0, "the file can be read");
    text[len] = '\0';
    must(strlen(text) == (size_t)len, "the file holds text");
    return text;
}

static void check_nothing_beside(void)
{
    DIR *folder = opendir(fuzz_folder());
    const struct dirent *entry;

    must(folder != NULL, "the folder can be read");
    while ((entry = readdir(folder)) != NULL)
        must(entry->d_name[0] == '.' || strcmp(entry->d_name, "token") == 0,
             "nothing is left beside the file");
    (void)closedir(folder);
}

/* -------------------------------------------------------------- a token --- */

/* In the file, or printed as a line or as JSON. */
static const char *find_token(const struct options *options, char *printed,
                              const json_t *shown)
{
    const char *path = options_value(options, "output", 0);
    const char *token = json_string_value(json_object_get(shown, "token"));
    const char *file = json_string_value(json_object_get(shown, "file"));

    if (path != NULL) {
        must(shown != NULL ? token == NULL && strcmp(file, path) == 0
                           : printed[0] == '\0',
             "what is in a file is not printed, too");
        return read_file(path);
    }
    if (shown != NULL)
        return token;
    token = strsep(&printed, "\n");
    must(printed != NULL && printed[0] == '\0', "a token is a line");
    return token;
}

static json_t *decode_part(const char *token, int part)
{
    uint8_t bytes[KJWT_MAX_TOKEN_LENGTH];
    size_t len = 0;
    json_t *json;

    while (part-- > 0)
        token = strchr(token, '.') + 1;
    must(base64url_decode(token, strcspn(token, "."), bytes, sizeof bytes,
                          &len),
         "a token is base64url");
    json = json_loadb((char *)bytes, len, JSON_REJECT_DUPLICATES, NULL);
    must(json_is_object(json), "header and claims are objects");
    return json;
}

static void check_header(const struct options *options, const json_t *header,
                         const char *typ, const struct public_key *signer)
{
    const char *kid = options_given(options, "no-kid")
                          ? NULL
                          : options_value(options, "kid", 0);
    json_t *expected;

    if (kid == NULL && !options_given(options, "no-kid"))
        kid = signer->kid;
    expected = json_pack("{s:s, s:s, s:s*}", "alg", "RS256", "typ", typ, "kid",
                         kid);
    must(json_equal(header, expected), "the header says what it is");
    json_decref(expected);
}

static void check_token(const struct command *command,
                        const struct options *options, char *printed,
                        const struct fuzz_input *previous)
{
    const bool is_set = command == &cmd_key_set;
    json_t *shown = options_given(options, "json")
                        ? json_loads(printed, JSON_REJECT_DUPLICATES, NULL)
                        : NULL;
    const char *token = find_token(options, printed, shown);
    json_t *header = decode_part(token, 0);
    struct public_key signer[KJWT_MAX_KEYS];
    size_t count = 0;
    struct issued issued = {.options = options,
                            .signer = signer,
                            .previous = previous,
                            .token = {(const uint8_t *)token, strlen(token)},
                            .claims = decode_part(token, 1)};

    test_keys_add(options_value(options, "key", 0), signer, &count);
    issued.now = issued_date(&issued, "now", NOW);
    check_header(options, header,
                 is_set ? KJWT_TYP_KEYSET : KJWT_TYP_CERTIFICATE, signer);
    must(shown == NULL ||
             (json_equal(json_object_get(shown, "header"), header) &&
              json_equal(json_object_get(shown, "claims"), issued.claims)),
         "what is shown is what was signed");
    if (is_set)
        issued_check_set(&issued);
    else
        issued_check_certificate(&issued);
    json_decref(issued.claims);
    json_decref(header);
    json_decref(shown);
}

int64_t issued_date(const struct issued *issued, const char *option,
                    int64_t otherwise)
{
    const char *text = options_value(issued->options, option, 0);

    must(text == NULL || date_parse(text, &otherwise),
         "a date that was taken is one");
    return otherwise;
}

bool issued_has_date(const struct issued *issued, const char *claim,
                     int64_t date)
{
    const json_t *value = json_object_get(issued->claims, claim);

    return date < 0 ? value == NULL
                    : json_is_integer(value) &&
                          json_integer_value(value) == date;
}

/* -------------------------------------------------------------- command --- */

static void run(const struct command *command, const struct options *options,
                const struct fuzz_input *previous)
{
    const char *path = options_value(options, "output", 0);
    struct error error = {.text = ""};
    char *printed;

    if (path != NULL)
        write_before(path);
    if (check_error(command_line_run(command, options, &printed, &error),
                    &error))
        check_token(command, options, printed, previous);
    else
        must(printed[0] == '\0' &&
                 (path == NULL || strcmp(read_file(path), before) == 0),
             "a refusal leaves things as they were");
    check_nothing_beside();
    free(printed);
}

/* A key set, with the newline of a file that an editor wrote. */
static struct fuzz_input sign_previous(const struct fuzz_input *text)
{
    static const char header[] =
        "{\"alg\":\"RS256\",\"typ\":\"" KJWT_TYP_KEYSET "\"}";
    const struct fuzz_input header_part = {(const uint8_t *)header,
                                           sizeof header - 1};
    struct fuzz_input claims = signing_fill_in(text);
    size_t len;
    char *token = signing_token(&header_part, &claims, &len);

    free((void *)(uintptr_t)claims.bytes);
    token = realloc(token, len + 1);
    must(token != NULL, "there is memory");
    token[len] = '\n';
    return (struct fuzz_input){(const uint8_t *)token, len};
}

static void set_key_file(const struct fuzz_input *text)
{
    struct fuzz_input file = signing_fill_in(text);

    test_keys_set(fuzz_file(0, file.bytes, file.len));
    free((void *)(uintptr_t)file.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const files[] = {"--output", "-o", "--previous", NULL};
    static char output[64], previous_option[64];
    struct fuzz_input input = {data, size};
    struct fuzz_input first = fuzz_paragraph(&input);
    struct fuzz_input keys = fuzz_paragraph(&input);
    struct fuzz_input kind = fuzz_part(&first, "\n");
    struct fuzz_input previous = {NULL, 0};
    const struct command *command =
        kind.len > 0 && kind.bytes[0] == 'c' ? &cmd_certificate : &cmd_key_set;
    struct options options;
    char *text = fuzz_text(first.bytes, first.len);
    char *argv[COMMAND_LINE_SIZE];
    int argc = command_line_split(text, files, argv);

    set_key_file(&keys);
    if (kind.len > 1) {
        (void)snprintf(output, sizeof output, "--output=%s/token",
                       fuzz_folder());
        argv[argc++] = output;
    }
    if (input.len > 0) {
        previous = sign_previous(&input);
        (void)snprintf(previous_option, sizeof previous_option, "--previous=%s",
                       fuzz_file(1, previous.bytes, previous.len + 1));
        argv[argc++] = previous_option;
    }
    if (command_line_parse(command, argc, argv, &options))
        run(command, &options, &previous);
    options_free(&options);
    free((void *)(uintptr_t)previous.bytes);
    free(text);
    return 0;
}
