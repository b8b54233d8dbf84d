/*
 * Profiles in AWS's shared credentials and config files.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_profile.h"

#include <sys/stat.h>
#include <unistd.h>

#include "aws_setup.h"
#include "support.h"

#define COUNT(rows) (sizeof rows / sizeof rows[0])

/* What stands in for a secret in a malformed line. */
#define SECRET "s3cr3t"

/* The value of "key" in profile "x" of a config file. */
static const struct {
    const char *name;
    const char *config;
    const char *value; /* NULL: none */
} value_rows[] = {
    {"plain", "[profile x]\nkey = a\n", "a"},
    {"no line end", "[profile x]\nkey=a", "a"},
    {"CRLF", "[profile x]\r\nkey = a\r\n", "a"},
    {"byte order mark", "\xef\xbb\xbf[profile x]\nkey = a\n", "a"},
    {"blanks", "[ profile\t x ]\t\nkey \t=\t a b \t\n", "a b"},
    {"equals signs", "[profile x]\nkey = a==\n", "a=="},
    {"upper case", "[profile x]\nKEY = A\n", "A"},
    {"empty", "[profile x]\nkey =\n", NULL},
    {"other key", "[profile x]\nkeys = a\n", NULL},
    {"other profile", "[profile x]\n[profile y]\nkey = a\n", NULL},
    {"quotes", "[profile \"x\"]\nkey = \"a\"\n", "\"a\""},
    {"single quotes", "[profile 'x']\nkey = a\n", "a"},
    {"comment lines", "# c\n;c\n[profile x]\n#key = b\n  ; c\nkey = a\n", "a"},
    {"comment after a section", "[profile x] # c\nkey = a\n", "a"},
    {"comment at a section", "[profile x];c\nkey = a\n", "a"},
    {"comment after a value", "[profile x]\nkey = a # c\n", "a"},
    {"comment with ;", "[profile x]\nkey = a\t;c\n", "a"},
    {"no comment", "[profile x]\nkey = a#b;c\n", "a#b;c"},
    {"comment for a value", "[profile x]\nkey = # c\n", NULL},
    {"indented section", "[profile x]\n  other = b\n  key = a\n", "a"},
    {"indented less", "[profile x]\n    other =\n      s = b\n  key = a\n",
     "a"},
    {"continued", "[profile x]\nkey = a\n  b = c\n\n   d # e\n", "a\nb = c\nd"},
    {"continued over a comment", "[profile x]\nkey = a\n# c\n  b\nz = 1\n",
     "a\nb"},
    {"key of a sub-section", "[profile x]\ns3 =\n  key = a\n", NULL},
    {"key after a sub-section", "[profile x]\ns3 =\n  key = b\nkey = a\n", "a"},
    {"new section ends a sub-section",
     "[profile y]\ns3 =\n[profile x]\n  key = a\n", "a"},
    {"other kinds of sections",
     "[x]\nkey = b\n[services x]\nkey = c\n[sso-session x]\nkey = d\n"
     "[profile x]\nkey = a\n",
     "a"},
};

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(value_rows); i++) {
        struct aws_profile profile;
        struct error error = {.text = ""};
        const char *value;

        aws_given(NULL, NULL, value_rows[i].config);
        if (!aws_profile_load("x", &profile, &error))
            fail_msg("%s: %s", value_rows[i].name, error.text);
        value = aws_profile_get(&profile, "key");
        if ((value == NULL) != (value_rows[i].value == NULL) ||
            (value != NULL && strcmp(value, value_rows[i].value) != 0))
            fail_msg("%s: \"%s\"", value_rows[i].name, value);
        aws_profile_clear(&profile);
    }
}

static const struct {
    const char *name;
    const char *config;
    const char *text; /* part of the error */
} error_rows[] = {
    {"no equals sign", "[profile x]\n" SECRET "\n",
     "line 2 is neither a [section] nor KEY = VALUE"},
    {"no key", "[profile x]\n\n = " SECRET "\n", "line 3 is neither"},
    {"a colon", "[profile x]\nkey: " SECRET "\n", "line 2 is neither"},
    {"no section", "key = " SECRET "\n", "line 1 stands before"},
    {"open section", "[profile " SECRET "\n", "line 1 begins with ["},
    {"text after a section", "[profile x] " SECRET "\n", "line 1 begins"},
    {"section without a name", "[ ]\n", "line 1 has a [section] without"},
    {"sub-section", "[profile x]\ns3 =\n  " SECRET "\n",
     "line 3 is indented and not KEY = VALUE"},
    {"key twice", "[profile x]\nkey = " SECRET "\nKEY = 2\n",
     "line 3 repeats the key of line 2"},
    {"key twice in a sub-section", "[profile x]\ns3 =\n a = 1\n  a = 2\n",
     "line 4 repeats the key of line 3"},
    {"section twice", "[profile x]\na = 1\n[profile \"x\"]\nb = 1\n",
     "line 3 repeats the section of line 1"},
    {"default twice", "[default]\n[profile default]\n",
     "line 2 repeats the section of line 1"},
};

static void test_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(error_rows); i++) {
        struct aws_profile profile;
        struct error error = {.text = ""};

        aws_given(NULL, NULL, error_rows[i].config);
        if (aws_profile_load(NULL, &profile, &error))
            fail_msg("%s is taken", error_rows[i].name);
        assert_int_equal(error.status, EXIT_USAGE);
        if (strstr(error.text, error_rows[i].text) == NULL ||
            strstr(error.text, aws_path(".aws/config")) == NULL ||
            strstr(error.text, SECRET) != NULL)
            fail_msg("%s: %s", error_rows[i].name, error.text);
    }
}

/* Which profile, of which file. */
static const struct {
    const char *name;
    const char *variables;
    const char *credentials;
    const char *config;
    const char *profile; /* NULL: none named */
    const char *value;   /* of "key"; NULL: an error, "": no such profile */
} choice_rows[] = {
    {"default", NULL, NULL, "[default]\nkey = a\n", NULL, "a"},
    {"profile default", NULL, NULL, "[profile default]\nkey = a\n", NULL, "a"},
    {"AWS_PROFILE", "AWS_PROFILE=x", NULL, "[default]\n[profile x]\nkey = a\n",
     NULL, "a"},
    {"empty AWS_PROFILE", "AWS_PROFILE=", NULL, "[default]\nkey = a\n", NULL,
     "a"},
    {"named goes before AWS_PROFILE", "AWS_PROFILE=x", NULL,
     "[profile y]\nkey = a\n[profile x]\nkey = b\n", "y", "a"},
    {"credentials go before config", NULL, "[x]\nkey = a\n",
     "[profile x]\nkey = b\n", "x", "a"},
    {"empty in credentials", NULL, "[x]\nkey =\n", "[profile x]\nkey = b\n",
     "x", "b"},
    {"only in credentials", NULL, "[x]\nkey = a\n", NULL, "x", "a"},
    {"a name with a blank", NULL, "[x y]\nkey = a\n", NULL, "x y", "a"},
    {"a quoted name with a blank", NULL, NULL, "[profile \"x y\"]\nkey = a\n",
     "x y", "a"},
    {"config's [x] is no profile", NULL, NULL, "[x]\nkey = a\n", "x", NULL},
    {"credentials' [profile x] is another", NULL, "[profile x]\nkey = a\n",
     NULL, "x", NULL},
    {"named and missing", NULL, "[y]\nkey = a\n", "[default]\nkey = b\n", "x",
     NULL},
    {"named and no files", NULL, NULL, NULL, "default", NULL},
    {"an empty name", NULL, "[default]\nkey = a\n", NULL, "", NULL},
    {"AWS_PROFILE missing", "AWS_PROFILE=x", NULL, "[default]\nkey = a\n", NULL,
     ""},
    {"no files", NULL, NULL, NULL, NULL, ""},
    {"other files", "AWS_SHARED_CREDENTIALS_FILE=~/file AWS_CONFIG_FILE=/nil/x",
     "[x]\nkey = b\n", "[profile x]\nkey = c\n", "x", "file"},
    {"other files, empty", "AWS_SHARED_CREDENTIALS_FILE= AWS_CONFIG_FILE=",
     "[x]\nkey = a\n", NULL, "x", "a"},
};

static void test_choice(void **state)
{
    (void)state;
    aws_write("file", "[x]\nkey = file\n", 15);
    for (size_t i = 0; i < COUNT(choice_rows); i++) {
        struct aws_profile profile;
        struct error error = {.text = ""};
        const char *value = NULL;
        bool done;

        aws_given(choice_rows[i].variables, choice_rows[i].credentials,
                  choice_rows[i].config);
        done = aws_profile_load(choice_rows[i].profile, &profile, &error);
        if (done && aws_profile_exists(&profile))
            value = aws_profile_get(&profile, "key");
        if (done && value == NULL)
            value = "";
        if (done != (choice_rows[i].value != NULL) ||
            (done && strcmp(value, choice_rows[i].value) != 0))
            fail_msg("%s: \"%s\" %s", choice_rows[i].name, value, error.text);
        if (done)
            aws_profile_clear(&profile);
    }
}

/* A missing profile names both files and says what to do. */
static void test_missing(void **state)
{
    struct aws_profile profile;
    struct error error;
    char text[AWS_PROFILE_TEXT_SIZE];

    (void)state;
    aws_given(NULL, NULL, NULL);
    assert_false(aws_profile_load("bench", &profile, &error));
    assert_non_null(strstr(error.text, aws_path(".aws/credentials")));
    assert_non_null(strstr(error.text, aws_path(".aws/config")));
    assert_non_null(strstr(error.text, "aws configure --profile bench"));

    assert_true(aws_profile_load(NULL, &profile, &error));
    aws_profile_describe(&profile, text);
    assert_non_null(strstr(text, "profile default (in neither "));
    aws_profile_clear(&profile);
    aws_given(NULL, "[default]\n", NULL);
    assert_true(aws_profile_load(NULL, &profile, &error));
    aws_profile_describe(&profile, text);
    assert_non_null(strstr(text, "profile default in "));
    aws_profile_clear(&profile);
}

/* Without HOME the default files are not looked for in ./~. */
static void test_no_home(void **state)
{
    char *home = strdup(getenv("HOME"));
    char *folder = getcwd(NULL, 0);
    struct aws_profile profile;
    struct error error;
    bool exists;

    (void)state;
    aws_given(NULL, NULL, NULL);
    assert_int_equal(mkdir(aws_path("~"), 0700), 0);
    assert_int_equal(mkdir(aws_path("~/.aws"), 0700), 0);
    aws_write("~/.aws/config", "[default]\n", 10);
    assert_int_equal(chdir(home), 0);
    assert_int_equal(unsetenv("HOME"), 0);
    assert_true(aws_profile_load(NULL, &profile, &error));
    exists = aws_profile_exists(&profile);
    aws_profile_clear(&profile);
    assert_int_equal(setenv("HOME", home, 1), 0);
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(unlink(aws_path("~/.aws/config")), 0);
    assert_int_equal(rmdir(aws_path("~/.aws")), 0);
    assert_int_equal(rmdir(aws_path("~")), 0);
    free(home);
    free(folder);
    assert_false(exists);
}

static void test_services(void **state)
{
    static const struct {
        const char *name;
        const char *config;
        const char *value; /* NULL: an error, "": none */
    } rows[] = {
        {"none", "[default]\n[services s]\nkms =\n  url = a\n", ""},
        {"found", "[services s]\nkms =\n  url = a\n[default]\nservices = s\n",
         "a"},
        {"upper case",
         "[services S]\nKMS =\n  URL = a\n[default]\nservices = S\n", "a"},
        {"quoted", "[default]\nservices = s\n[services \"s\"]\nkms =\n url=a\n",
         "a"},
        {"among others",
         "[default]\nservices = s\n[services s]\ns3 =\n  url = b\nkms = \n"
         "  retries = 4\n  url = a # c\nsts =\n  url = c\n",
         "a"},
        {"another service",
         "[default]\nservices = s\n[services s]\ns3 =\n  url = b\n", ""},
        {"not in the sub-section",
         "[default]\nservices = s\n[services s]\nurl = b\n", ""},
        {"another section",
         "[default]\nservices = s\n[services t]\nkms =\n url = b\n", NULL},
        {"missing", "[default]\nservices = s\n", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct aws_profile profile;
        struct error error = {.text = ""};
        const char *value;
        bool done;

        aws_given(NULL, NULL, rows[i].config);
        assert_true(aws_profile_load(NULL, &profile, &error));
        done = aws_profile_get_service(&profile, "kms", "url", &value, &error);
        if (done && value == NULL)
            value = "";
        if (done != (rows[i].value != NULL) ||
            (done && strcmp(value, rows[i].value) != 0))
            fail_msg("%s: %s %s", rows[i].name, value, error.text);
        if (!done)
            assert_non_null(strstr(error.text, "[services s]"));
        aws_profile_clear(&profile);
    }
}

static void test_find(void **state)
{
    struct aws_profile profile;
    struct error error;

    (void)state;
    aws_given(NULL, "[x]\na = 1\n",
              "[profile x]\ns3 =\n  role_arn = 1\nSSO_Session = y\n"
              "[profile y]\nrole_arn = 1\n");
    assert_true(aws_profile_load("x", &profile, &error));
    assert_string_equal(aws_profile_find(&profile, "sso_"), "sso_session");
    assert_string_equal(aws_profile_find(&profile, "a"), "a");
    assert_null(aws_profile_find(&profile, "role_arn"));
    aws_profile_clear(&profile);
}

/* Values of any length, up to the limit of a file. */
static void test_long(void **state)
{
    static const char head[] = "[default]\nkey = ";
    const size_t limit = 1024 * 1024;
    const size_t value_len = limit - strlen(head);
    char *text = malloc(limit + 1);
    struct aws_profile profile;
    struct error error;

    (void)state;
    assert_non_null(text);
    memset(text, 'v', limit + 1);
    memcpy(text, head, strlen(head));
    aws_given(NULL, NULL, NULL);
    aws_write(".aws/config", text, limit);
    assert_true(aws_profile_load(NULL, &profile, &error));
    assert_int_equal(strlen(aws_profile_get(&profile, "key")), value_len);
    aws_profile_clear(&profile);

    aws_write(".aws/config", text, limit + 1);
    assert_false(aws_profile_load(NULL, &profile, &error));
    assert_non_null(strstr(error.text, "larger than 1048576 bytes"));
    free(text);
}

static void test_unreadable(void **state)
{
    struct aws_profile profile;
    struct error error;

    (void)state;
    aws_given(NULL, NULL, NULL);
    aws_write(".aws/config", "[default]\nkey = a\0b\n", 20);
    assert_false(aws_profile_load(NULL, &profile, &error));
    assert_non_null(strstr(error.text, "line 2 holds a NUL byte"));

    aws_given("AWS_CONFIG_FILE=/", NULL, NULL);
    assert_false(aws_profile_load(NULL, &profile, &error));
    assert_int_equal(error.status, EXIT_USAGE);
    assert_non_null(strstr(error.text, "cannot read /: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),     cmocka_unit_test(test_errors),
        cmocka_unit_test(test_choice),     cmocka_unit_test(test_missing),
        cmocka_unit_test(test_no_home),    cmocka_unit_test(test_services),
        cmocka_unit_test(test_find),       cmocka_unit_test(test_long),
        cmocka_unit_test(test_unreadable),
    };

    return cmocka_run_group_tests_name("aws_profile", tests, aws_setup,
                                       aws_teardown);
}
