/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[32];

static void remove_folder(void)
{
    DIR *files = opendir(folder);
    const struct dirent *entry;

    if (files == NULL)
        return;
    while ((entry = readdir(files)) != NULL)
        (void)unlinkat(dirfd(files), entry->d_name, 0);
    (void)closedir(files);
    (void)rmdir(folder);
}

void must(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "fuzz: does not hold: %s\n", what);
    remove_folder();
    abort();
}

void *fuzz_copy(const void *bytes, size_t len)
{
    void *copy = malloc(len);

    must(copy != NULL || len == 0, "there is memory");
    if (len > 0)
        memcpy(copy, bytes, len);
    return copy;
}

char *fuzz_text(const void *bytes, size_t len)
{
    char *text = malloc(len + 1);

    must(text != NULL, "there is memory");
    if (len > 0)
        memcpy(text, bytes, len);
    text[len] = '\0';
    return text;
}

uint8_t fuzz_byte(struct fuzz_input *input)
{
    if (input->len == 0)
        return 0;
    input->len--;
    return *input->bytes++;
}

struct fuzz_input fuzz_part(struct fuzz_input *input, const char *separator)
{
    const size_t gap = strlen(separator);
    const uint8_t *end =
        input->len > 0 ? memmem(input->bytes, input->len, separator, gap)
                       : NULL;
    struct fuzz_input part = *input;

    if (end == NULL) {
        input->bytes += input->len;
        input->len = 0;
        return part;
    }
    part.len = (size_t)(end - input->bytes);
    input->bytes += part.len + gap;
    input->len -= part.len + gap;
    return part;
}

struct fuzz_input fuzz_paragraph(struct fuzz_input *input)
{
    return fuzz_part(input, "\n\n");
}

const char *fuzz_file(size_t slot, const void *bytes, size_t len)
{
    static int files[FUZZ_FILES];
    static char paths[FUZZ_FILES][32];
    int *fd = &files[slot];

    if (*fd == 0) {
        *fd = memfd_create("fuzz", 0);
        must(*fd > 0 && fchmod(*fd, 0600) == 0,
             "a file can be made in memory");
        (void)snprintf(paths[slot], sizeof paths[slot], "/proc/self/fd/%d",
                       *fd);
    }
    must(ftruncate(*fd, 0) == 0 && pwrite(*fd, bytes, len, 0) == (ssize_t)len,
         "the file can be written");
    return paths[slot];
}

const char *fuzz_folder(void)
{
    if (folder[0] != '\0')
        return folder;
    (void)snprintf(folder, sizeof folder, "%s/kjwt-fuzz-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    must(mkdtemp(folder) != NULL && atexit(remove_folder) == 0,
         "there is a folder");
    return folder;
}

void fuzz_clear_environment(void)
{
    static const char *const prefixes[] = {"AWS_",  "KJWT_",   "VAULT_",
                                           "GOOGLE_", "SIGNER_", "XDG_",
                                           "HOME="};
    char name[128];

    for (char **at = environ; *at != NULL;) {
        bool read = false;

        for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
            read = read || strncmp(*at, prefixes[i], strlen(prefixes[i])) == 0;
        if (!read) {
            at++;
            continue;
        }
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(*at, "="), *at);
        must(unsetenv(name) == 0, "the environment can be changed");
    }
}
