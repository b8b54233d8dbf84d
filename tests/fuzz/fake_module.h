/*
 * A PKCS#11 module, and p11-kit's and libbsd's calls that lead to it: one
 * token with one key, on which all goes well but for what the input says, a
 * line of it for an answer.
 *
 *     NAME ANSWER     a name of fake_module.c's table; its first call gets its
 *                     first line and so on, its last line is for the rest
 *
 * An answer is made of these, with a space between them:
 *
 *     !N              the CK_RV that is returned
 *     =N              the length, number or flags told in place of the usual
 *     N*HEX           bytes, N times
 *     "TEXT           bytes up to the line's end
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FAKE_MODULE_H
#define FAKE_MODULE_H

#include <p11-kit/pkcs11.h>

#include "fuzz.h"

#define FAKE_MODULE_VALUE 600 /* bytes of an answer, more than any key has */

struct fake_value {
    uint8_t bytes[FAKE_MODULE_VALUE];
    size_t len;
};

/* What the module has given out last. */
struct fake_module {
    struct fake_value modulus;
    struct fake_value exponent;
    struct fake_value signature;
    unsigned logins; /* of the user */
};
extern struct fake_module fake_module;

/* The answers from now on. pin is what a PIN file holds; NULL: it is typed. */
void fake_module_answers(const struct fuzz_input *answers, const char *pin);

/* All that was opened has been closed. */
void fake_module_end(void);

#endif
