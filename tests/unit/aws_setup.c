/*
 * An AWS configuration for tests.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_setup.h"

#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static char home[] = "/tmp/kjwt-aws-XXXXXX";

const char *aws_path(const char *name)
{
    static char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", home, name);
    return path;
}

void aws_write(const char *name, const void *data, unsigned long len)
{
    FILE *file = fopen(aws_path(name), "w");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void write_or_remove(const char *name, const char *text)
{
    if (text != NULL)
        aws_write(name, text, strlen(text));
    else
        (void)unlink(aws_path(name));
}

static void clear_variables(void)
{
    char name[64];

    for (char **at = environ; *at != NULL;) {
        if (strncmp(*at, "AWS_", 4) != 0) {
            at++;
            continue;
        }
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(*at, "="), *at);
        assert_int_equal(unsetenv(name), 0);
    }
}

void aws_given(const char *variables, const char *credentials,
               const char *config)
{
    char *copy = strdup(variables != NULL ? variables : "");
    char *rest = copy;
    char *name;

    assert_non_null(copy);
    clear_variables();
    assert_int_equal(setenv("AWS_EC2_METADATA_DISABLED", "true", 1), 0);
    while ((name = strsep(&rest, " ")) != NULL && *name != '\0') {
        char *equals = strchr(name, '=');

        assert_non_null(equals);
        *equals = '\0';
        assert_int_equal(setenv(name, equals + 1, 1), 0);
    }
    free(copy);
    write_or_remove(".aws/credentials", credentials);
    write_or_remove(".aws/config", config);
}

int aws_setup(void **state)
{
    (void)state;
    return mkdtemp(home) == NULL || setenv("HOME", home, 1) != 0 ||
           mkdir(aws_path(".aws"), 0700) != 0;
}

int aws_teardown(void **state)
{
    (void)state;
    aws_given(NULL, NULL, NULL);
    (void)unlink(aws_path("file"));
    return rmdir(aws_path(".aws")) != 0 || rmdir(home) != 0;
}
