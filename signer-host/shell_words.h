/*
 * A command line, split into words as a POSIX shell splits them (POSIX.1-2017
 * XCU 2.2), and nothing else of a shell: no variables, no globs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SHELL_WORDS_H
#define SHELL_WORDS_H

/* Returns a list that ends with NULL, made with one malloc; free() it. An
 * empty text has no words. NULL with *reason: what is wrong with the text. */
char **shell_words(const char *text, const char **reason);

#endif
