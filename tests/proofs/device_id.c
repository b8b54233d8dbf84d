/*
 * A chip's identity as a text, for every prefix of at most LENGTH bytes, every
 * identity of at most LENGTH bytes, and every buffer of at most SIZE bytes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <device_id.c>

#include "proof.h"

void proof_text(void)
{
    const size_t size = any_length(SIZE);
    const size_t id_len = nondet_size();
    char *text = any_memory(size);
    const char *prefix = any_string(LENGTH);
    kjwt_status status;

    assume(id_len <= LENGTH || id_len > SIZE); /* the latter are not read */
    status = kjwt_device_id(text, size, prefix,
                            any_memory(id_len <= LENGTH ? id_len : 0), id_len);
    prove(size == 0 || status == KJWT_OK || status == KJWT_ERR_ARGUMENT ||
              text[0] == '\0',
          "empty after a failure");
    if (status != KJWT_OK)
        return;
    prove(text[strlen(prefix) + 2 * id_len] == '\0', "terminated");
    for (size_t i = 0; i < strlen(prefix) + 2 * id_len; i++)
        prove(text[i] != '\0', "whole");
    end_of_proof();
}
