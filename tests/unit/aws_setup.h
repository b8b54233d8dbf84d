/*
 * An AWS configuration for tests: environment, credentials and config file in
 * a HOME of their own, so that the machine's never counts.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_SETUP_H
#define AWS_SETUP_H

/* For cmocka_run_group_tests(): make and remove HOME. */
int aws_setup(void **state);
int aws_teardown(void **state);

/* Sets the AWS_* variables to exactly "NAME=VALUE NAME=VALUE" and writes
 * ~/.aws/credentials and ~/.aws/config; NULL: none. */
void aws_given(const char *variables, const char *credentials,
               const char *config);

/* The path of a file below HOME; the next call overwrites it. */
const char *aws_path(const char *name);

/* Writes a file below HOME. */
void aws_write(const char *name, const void *data, unsigned long len);

#endif
