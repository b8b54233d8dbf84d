/*
 * Reading AWS's shared credentials and config files.
 *
 * A file is read whole and cut up in place, so that a secret exists once and
 * is cleared with the file's bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_FILE_SIZE ((size_t)1024 * 1024)
#define BLANKS        " \t\r\f\v"

enum section_kind { SECTION_PROFILE, SECTION_SERVICES, SECTION_OTHER };

struct aws_setting {
    const char *parent; /* the key whose sub-section it stands in, or NULL */
    const char *key;    /* in lower case */
    char *value;
    size_t line;
};

struct aws_section {
    enum section_kind kind;
    const char *name; /* for SECTION_OTHER all that stands in the brackets */
    size_t line;
    struct aws_setting *settings;
    size_t count;
};

struct parser {
    struct aws_file *file;
    bool is_config;
    size_t line;
    size_t indent;  /* of the last key that is not in a sub-section */
    bool after_key; /* of the current section; then indent is set */
    struct error *error;
};

/* ---------------------------------------------------------------- text --- */

static bool is_blank(char c)
{
    return c != '\0' && strchr(BLANKS, c) != NULL;
}

static char *skip_blanks(char *text)
{
    return text + strspn(text, BLANKS);
}

static void trim_end(char *text)
{
    size_t len = strlen(text);

    while (len > 0 && is_blank(text[len - 1]))
        len--;
    text[len] = '\0';
}

/* Cuts a comment off; text is the line's beginning. */
static void cut_comment(char *text)
{
    for (char *at = text; *at != '\0'; at++)
        if ((*at == '#' || *at == ';') && (at == text || is_blank(at[-1]))) {
            *at = '\0';
            return;
        }
}

static void to_lower_case(char *text)
{
    for (; *text != '\0'; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
}

/* -------------------------------------------------------------- lookup --- */

static const struct aws_section *find_section(const struct aws_file *file,
                                              enum section_kind kind,
                                              const char *name)
{
    for (size_t i = 0; i < file->section_count; i++)
        if (file->sections[i].kind == kind &&
            strcmp(file->sections[i].name, name) == 0)
            return &file->sections[i];
    return NULL;
}

static const struct aws_setting *find_setting(const struct aws_section *section,
                                              const char *parent,
                                              const char *key)
{
    for (size_t i = 0; i < section->count; i++) {
        const struct aws_setting *setting = &section->settings[i];

        if ((setting->parent == NULL) == (parent == NULL) &&
            (parent == NULL || strcmp(setting->parent, parent) == 0) &&
            strcmp(setting->key, key) == 0)
            return setting;
    }
    return NULL;
}

/* The value; NULL: none or empty. */
static const char *get(const struct aws_section *section, const char *parent,
                       const char *key)
{
    const struct aws_setting *setting =
        section != NULL ? find_setting(section, parent, key) : NULL;

    return setting != NULL && *setting->value != '\0' ? setting->value : NULL;
}

/* ------------------------------------------------------------- parsing --- */

static bool malformed(const struct parser *parser, const char *what)
{
    return error_set(parser->error, EXIT_USAGE, "%.256s: line %zu %s",
                     parser->file->path, parser->line, what);
}

static bool repeated(const struct parser *parser, const char *what, size_t line)
{
    return error_set(parser->error, EXIT_USAGE,
                     "%.256s: line %zu repeats the %s of line %zu: keep one",
                     parser->file->path, parser->line, what, line);
}

/* The name after the first word of text, without its quotes; NULL: text is not
 * that word and a name. */
static char *name_after(const char *word, char *text)
{
    size_t len = strlen(word);
    char *name;

    if (strncmp(text, word, len) != 0 || !is_blank(text[len]))
        return NULL;
    name = skip_blanks(text + len);
    len = strlen(name);
    if (len >= 2 && (*name == '"' || *name == '\'') && name[len - 1] == *name) {
        name[len - 1] = '\0';
        name++;
    }
    return name;
}

/* In the credentials file each section is a profile. */
static void classify(const struct parser *parser, char *text,
                     struct aws_section *section)
{
    char *name = NULL;

    section->kind = SECTION_PROFILE;
    section->name = text;
    if (!parser->is_config || strcmp(text, "default") == 0)
        return;
    name = name_after("profile", text);
    if (name == NULL) {
        name = name_after("services", text);
        section->kind = name != NULL ? SECTION_SERVICES : SECTION_OTHER;
    }
    if (name != NULL)
        section->name = name;
}

static bool add_section(struct parser *parser, char *text)
{
    struct aws_file *file = parser->file;
    struct aws_section section = {.line = parser->line};
    const struct aws_section *same;
    struct aws_section *list;

    classify(parser, text, &section);
    same = find_section(file, section.kind, section.name);
    if (same != NULL)
        return repeated(parser, "section", same->line);
    list = realloc(file->sections, (file->section_count + 1) * sizeof *list);
    if (list == NULL)
        return out_of_memory(parser->error);
    list[file->section_count++] = section;
    file->sections = list;
    parser->after_key = false;
    return true;
}

/* text is "[...]", trimmed. */
static bool parse_section(struct parser *parser, char *text)
{
    char *end = strchr(text, ']');
    char *rest = end != NULL ? skip_blanks(end + 1) : NULL;

    if (rest == NULL || (*rest != '\0' && *rest != '#' && *rest != ';'))
        return malformed(parser, "begins with [ and is no [section]");
    *end = '\0';
    text = skip_blanks(text + 1);
    trim_end(text);
    if (*text == '\0')
        return malformed(parser, "has a [section] without a name");
    return add_section(parser, text);
}

static bool add_setting(struct parser *parser, struct aws_section *section,
                        struct aws_setting setting)
{
    const struct aws_setting *same =
        find_setting(section, setting.parent, setting.key);
    struct aws_setting *list;

    if (same != NULL)
        return repeated(parser, "key", same->line);
    list = realloc(section->settings, (section->count + 1) * sizeof *list);
    if (list == NULL)
        return out_of_memory(parser->error);
    list[section->count++] = setting;
    section->settings = list;
    return true;
}

/* text is trimmed. */
static bool parse_setting(struct parser *parser, struct aws_section *section,
                          const char *parent, char *text)
{
    struct aws_setting setting = {.parent = parent, .line = parser->line};
    char *equals = strchr(text, '=');

    if (equals == NULL || equals == text)
        return malformed(parser, parent == NULL
                                     ? "is neither a [section] nor KEY = VALUE"
                                     : "is indented and not KEY = VALUE");
    *equals = '\0';
    trim_end(text);
    to_lower_case(text);
    setting.key = text;
    setting.value = skip_blanks(equals + 1);
    return add_setting(parser, section, setting);
}

/* Appends a line to the value before it, in place: in the file it stands
 * behind it. */
static void continue_value(char *value, const char *text)
{
    char *end = value + strlen(value);

    *end = '\n';
    memmove(end + 1, text, strlen(text) + 1);
}

static bool parse_indented(struct parser *parser, struct aws_section *section,
                           char *text)
{
    struct aws_setting *last = &section->settings[section->count - 1];

    if (last->parent != NULL)
        return parse_setting(parser, section, last->parent, text);
    if (*last->value == '\0')
        return parse_setting(parser, section, last->key, text);
    continue_value(last->value, text);
    return true;
}

static bool parse_line(struct parser *parser, char *line)
{
    struct aws_file *file = parser->file;
    struct aws_section *section;
    char *text = skip_blanks(line);

    cut_comment(text);
    trim_end(text);
    if (*text == '\0')
        return true;
    if (*text == '[')
        return parse_section(parser, text);
    if (file->section_count == 0)
        return malformed(parser, "stands before the first [section]");
    section = &file->sections[file->section_count - 1];
    if (parser->after_key && (size_t)(text - line) > parser->indent)
        return parse_indented(parser, section, text);
    parser->after_key = true;
    parser->indent = (size_t)(text - line);
    return parse_setting(parser, section, NULL, text);
}

static bool parse(struct aws_file *file, bool is_config, struct error *error)
{
    struct parser parser = {
        .file = file, .is_config = is_config, .error = error};
    char *at = file->text.data;
    char *end = at + file->text.len;

    if (strncmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3; /* a byte order mark */
    while (at < end) {
        char *line = at;
        char *line_end = memchr(line, '\n', (size_t)(end - line));

        parser.line++;
        if (line_end == NULL)
            line_end = end;
        *line_end = '\0';
        if (strlen(line) != (size_t)(line_end - line))
            return malformed(&parser, "holds a NUL byte");
        if (!parse_line(&parser, line))
            return false;
        at = line_end + 1;
    }
    return true;
}

/* --------------------------------------------------------------- files --- */

static char *path_of(const char *variable, const char *fallback)
{
    const char *path = getenv(variable);
    const char *home = getenv("HOME");
    char *expanded = NULL;

    if (path == NULL || *path == '\0')
        path = fallback;
    if (strncmp(path, "~/", 2) != 0 || home == NULL || *home == '\0')
        return strdup(path);
    if (asprintf(&expanded, "%s%s", home, path + 1) < 0)
        return NULL;
    return expanded;
}

/* Without HOME there is no ~, and a folder of that name is not meant. */
static bool is_missing(const char *path)
{
    if (strncmp(path, "~/", 2) == 0)
        return true;
    return access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

static bool load_file(struct aws_file *file, bool is_config, const char *name,
                      struct error *error)
{
    file->path = is_config ? path_of("AWS_CONFIG_FILE", "~/.aws/config")
                           : path_of("AWS_SHARED_CREDENTIALS_FILE",
                                     "~/.aws/credentials");
    if (file->path == NULL)
        return out_of_memory(error);
    if (is_missing(file->path))
        return true;
    if (!input_read_all(file->path, MAX_FILE_SIZE, &file->text, error) ||
        !parse(file, is_config, error))
        return false;
    file->profile = find_section(file, SECTION_PROFILE, name);
    return true;
}

static void clear_file(struct aws_file *file)
{
    for (size_t i = 0; i < file->section_count; i++)
        free(file->sections[i].settings);
    free(file->sections);
    input_free(&file->text);
    free(file->path);
}

static const char *name_of(const char *name)
{
    if (name == NULL)
        name = getenv("AWS_PROFILE");
    return name != NULL && *name != '\0' ? name : "default";
}

static bool load(const char *name, struct aws_profile *profile,
                 struct error *error)
{
    profile->name = strdup(name_of(name));
    if (profile->name == NULL)
        return out_of_memory(error);
    if (!load_file(&profile->credentials, false, profile->name, error) ||
        !load_file(&profile->config, true, profile->name, error))
        return false;
    return name == NULL || aws_profile_exists(profile) ||
           error_set(error, EXIT_USAGE,
                     "neither %.256s nor %.256s has a profile %.64s: check the "
                     "name, or make it with `aws configure --profile %.64s`",
                     profile->credentials.path, profile->config.path, name,
                     name);
}

bool aws_profile_load(const char *name, struct aws_profile *profile,
                      struct error *error)
{
    memset(profile, 0, sizeof *profile);
    if (name != NULL && *name == '\0')
        return error_set(error, EXIT_USAGE,
                         "the name of the AWS profile is empty");
    if (load(name, profile, error))
        return true;
    aws_profile_clear(profile);
    return false;
}

void aws_profile_clear(struct aws_profile *profile)
{
    clear_file(&profile->credentials);
    clear_file(&profile->config);
    free(profile->name);
    memset(profile, 0, sizeof *profile);
}

/* -------------------------------------------------------------- values --- */

bool aws_profile_exists(const struct aws_profile *profile)
{
    return profile->credentials.profile != NULL ||
           profile->config.profile != NULL;
}

const char *aws_profile_get_in(const struct aws_file *file, const char *key)
{
    return get(file->profile, NULL, key);
}

const char *aws_profile_get(const struct aws_profile *profile, const char *key)
{
    const char *value = aws_profile_get_in(&profile->credentials, key);

    return value != NULL ? value : aws_profile_get_in(&profile->config, key);
}

static const char *find_key(const struct aws_file *file, const char *prefix)
{
    const struct aws_section *section = file->profile;

    for (size_t i = 0; section != NULL && i < section->count; i++)
        if (section->settings[i].parent == NULL &&
            strncmp(section->settings[i].key, prefix, strlen(prefix)) == 0)
            return section->settings[i].key;
    return NULL;
}

const char *aws_profile_find(const struct aws_profile *profile,
                             const char *prefix)
{
    const char *key = find_key(&profile->credentials, prefix);

    return key != NULL ? key : find_key(&profile->config, prefix);
}

bool aws_profile_get_service(const struct aws_profile *profile,
                             const char *service, const char *key,
                             const char **value, struct error *error)
{
    const char *name = aws_profile_get(profile, "services");
    const struct aws_section *section;

    *value = NULL;
    if (name == NULL)
        return true;
    section = find_section(&profile->config, SECTION_SERVICES, name);
    if (section == NULL)
        return error_set(error, EXIT_USAGE,
                         "profile %.64s names the services section %.64s, and "
                         "%.256s has no [services %.64s]: add it, or take "
                         "`services` out of the profile",
                         profile->name, name, profile->config.path, name);
    *value = get(section, service, key);
    return true;
}

void aws_profile_describe(const struct aws_profile *profile,
                          char text[AWS_PROFILE_TEXT_SIZE])
{
    (void)snprintf(text, AWS_PROFILE_TEXT_SIZE,
                   aws_profile_exists(profile)
                       ? "profile %.64s in %.200s and %.200s"
                       : "profile %.64s (in neither %.200s nor %.200s)",
                   profile->name, profile->credentials.path,
                   profile->config.path);
}
