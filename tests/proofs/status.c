/*
 * Names and texts, for every value of an int32_t.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <status.c>

#include "proof.h"

void proof_texts(void)
{
    const kjwt_status status = nondet_status();
    const char *name = kjwt_status_name(status);
    const char *sentence = kjwt_status_text(status);

    prove(name != NULL && name[0] == 'K', "a name");
    prove(sentence != NULL && sentence[0] == 'T' || sentence[0] != '\0',
          "a text");
    end_of_proof();
}
