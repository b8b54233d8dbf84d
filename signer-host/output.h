/*
 * Results: to standard output, or to a file that is whole or not there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "error.h"

#define OUTPUT_SECRET ((mode_t)0600) /* tokens, private keys */
#define OUTPUT_PUBLIC ((mode_t)0666) /* less what the umask takes */

/* Writes to standard output, with what stdio has buffered for it. */
bool output_stdout(const void *data, size_t len, struct error *error);

/* The same for a line's text, without its newline. */
bool output_line(const char *text, struct error *error);

/* Ends what a command has printed to stdout: whether all of it got out. */
bool output_flush(struct error *error);

/* Writes a file aside, syncs it and renames it to path, whose old content
 * stays until then. A device or a pipe is written to as it is. */
bool output_file(const char *path, const void *data, size_t len, mode_t mode,
                 struct error *error);

/* The same for a file that must not exist yet. */
bool output_new_file(const char *path, const void *data, size_t len,
                     mode_t mode, struct error *error);

/* Makes a renaming to path last; a file system that cannot is no error. */
void output_sync_folder(const char *path);

#endif
