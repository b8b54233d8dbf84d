/*
 * In the place of a key file: the key of the test run, which is only there when
 * the target runs.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FUZZ_SHELL_KEYS_H
#define FUZZ_SHELL_KEYS_H

#include "kjwt.h"

#define KJWT_KEYS_COUNT    1
#define KJWT_KEYS_MAX_BITS 2048

extern struct kjwt_key kjwt_keys[KJWT_KEYS_COUNT];

#endif
