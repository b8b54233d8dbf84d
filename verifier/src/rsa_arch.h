/*
 * Which RSA kernel this compiler's target gets. Also for assembly.
 * SPDX-License-Identifier: Apache-2.0
 *
 * KJWT_RSA_PORTABLE, when defined, chooses portable C everywhere.
 */
#ifndef KJWT_RSA_ARCH_H
#define KJWT_RSA_ARCH_H

#if defined(KJWT_RSA_PORTABLE) || !defined(__GNUC__)
#define KJWT_RSA_ROWS_PORTABLE 1
#elif defined(__ARM_FEATURE_DSP) && defined(__ARM_ARCH_PROFILE) && \
    __ARM_ARCH_PROFILE == 'M'
#define KJWT_RSA_ARMV7EM 1
#elif defined(__ARM_ARCH_7M__) || defined(__ARM_ARCH_8M_MAIN__)
#define KJWT_RSA_ARMV7M 1
#elif defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)
#define KJWT_RSA_ARMV6M 1
#elif defined(__riscv_mul) && __riscv_xlen == 32
#define KJWT_RSA_RV32IM 1
#else
#define KJWT_RSA_ROWS_PORTABLE 1
#endif

#if defined(KJWT_RSA_ROWS_PORTABLE)
#define KJWT_RSA_ROWS 1
#endif

#endif
