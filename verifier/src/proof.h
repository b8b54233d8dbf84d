/*
 * The proof word: every check adds its constant when it has passed, so that
 * claims are what they should be only if all of them ran. A glitched branch
 * that jumps over a check leaves its constant out.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KJWT_PROOF_H
#define KJWT_PROOF_H

#include <stdint.h>

#define KJWT_PROOF_KEYS 0x6a09e667u
#define KJWT_PROOF_SPLIT 0xbb67ae85u
#define KJWT_PROOF_HEADER 0x3c6ef372u
#define KJWT_PROOF_KEY 0xa54ff53au
#define KJWT_PROOF_SIGNATURE 0x510e527fu
#define KJWT_PROOF_JSON 0x9b05688cu
#define KJWT_PROOF_POLICY 0x1f83d9abu

#define KJWT_PROOF_ALL                                                         \
    (KJWT_PROOF_KEYS + KJWT_PROOF_SPLIT + KJWT_PROOF_HEADER + KJWT_PROOF_KEY + \
     KJWT_PROOF_SIGNATURE + KJWT_PROOF_JSON + KJWT_PROOF_POLICY)

#endif
