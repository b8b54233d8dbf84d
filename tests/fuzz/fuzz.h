/*
 * What the fuzz targets share. A target is one file with
 * LLVMFuzzerTestOneInput(); fuzz_NAME is made of NAME.c with libFuzzer, with
 * AFL++, or with replay.c, which runs the inputs of corpus/NAME and
 * regressions/NAME as a test.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process where something that must hold does not. */
void must(bool holds, const char *what);

/* A copy in a block of exactly that size, so that a sanitizer sees a step
 * beyond it; free() it. */
void *fuzz_copy(const void *bytes, size_t len);

/* The same and a NUL: a C string, whose end an embedded NUL brings forward. */
char *fuzz_text(const void *bytes, size_t len);

/* The input, taken apart from its beginning. */
struct fuzz_input {
    const uint8_t *bytes;
    size_t len;
};

/* The next byte; 0 at the end. */
uint8_t fuzz_byte(struct fuzz_input *input);

/* What stands before the separator, which is dropped, or all the rest. */
struct fuzz_input fuzz_part(struct fuzz_input *input, const char *separator);

/* The same before an empty line. */
struct fuzz_input fuzz_paragraph(struct fuzz_input *input);

/* A file that holds the bytes, replaced by the next call for the same slot,
 * 0 .. FUZZ_FILES - 1. Returns its path. */
#define FUZZ_FILES 2
const char *fuzz_file(size_t slot, const void *bytes, size_t len);

/* A folder of the process's own, in memory where that can be. It goes with the
 * files in it when the process ends. */
const char *fuzz_folder(void);

/* Removes every environment variable that signer-host reads. */
void fuzz_clear_environment(void);

#endif
