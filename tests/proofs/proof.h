/*
 * What the proofs share: inputs of which nothing is known, and claims about
 * them. A proof is a function that CBMC runs for every such input at once.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PROOF_H
#define PROOF_H

#include <stdlib.h>
#include <string.h>

#include "kjwt.h"

/* CBMC gives these any result. */
uint8_t nondet_u8(void);
uint32_t nondet_u32(void);
int64_t nondet_i64(void);
size_t nondet_size(void);
bool nondet_bool(void);
kjwt_status nondet_status(void);
const void *nondet_pointer(void);

/* Ends a proof. It is false, and tests/proofs/run wants it found so: what is
 * assumed leaves something to prove. */
#define end_of_proof() __CPROVER_assert(false, "the end is reached")

#define assume(condition)     __CPROVER_assume(condition)
#define prove(condition, text) __CPROVER_assert(condition, text)

/* A length of at most max. */
static inline size_t any_length(size_t max)
{
    size_t len = nondet_size();

    assume(len <= max);
    return len;
}

/* Memory of exactly size bytes, with any content; a byte before it or behind
 * it is not the caller's. */
static inline void *any_memory(size_t size)
{
    void *memory = malloc(size);

    assume(memory != NULL);
    return memory;
}

/* A NUL-terminated string of at most max bytes, in memory that ends with it. */
static inline char *any_string(size_t max)
{
    size_t len = any_length(max);
    char *string = any_memory(len + 1);

    for (size_t i = 0; i < len; i++)
        assume(string[i] != '\0');
    string[len] = '\0';
    return string;
}

#endif
