/*
 * Which RSA kernel this compiler's target gets. Also for assembly.
 * SPDX-License-Identifier: Apache-2.0
 *
 * KJWT_RSA_PORTABLE, when defined, chooses portable C everywhere.
 */
#ifndef KJWT_RSA_ARCH_H
#define KJWT_RSA_ARCH_H

/* Arm's kernel for ARMv6-M reads halfwords, and none of them has run
 * big-endian. */
#if defined(__ARM_ARCH_PROFILE) && !defined(__ARM_BIG_ENDIAN)
#if __ARM_ARCH_PROFILE == 'M'
#define KJWT_RSA_CORTEX_M 1
#endif
#endif

/* With all 32 registers. */
#if defined(__riscv) && !defined(__riscv_32e) && !defined(__riscv_abi_rve)
#if __riscv_xlen == 32 && (defined(__riscv_mul) || defined(__riscv_zmmul))
#define KJWT_RSA_RISCV 1
#endif
#endif

#if defined(KJWT_RSA_PORTABLE) || !defined(__GNUC__)
#define KJWT_RSA_ROWS_PORTABLE 1
#elif defined(KJWT_RSA_CORTEX_M) && defined(__ARM_FEATURE_DSP)
#define KJWT_RSA_ARMV7EM 1
#elif defined(KJWT_RSA_CORTEX_M) && __ARM_ARCH_ISA_THUMB == 2
#define KJWT_RSA_ARMV7M 1
#elif defined(KJWT_RSA_CORTEX_M)
#define KJWT_RSA_ARMV6M 1
#elif defined(KJWT_RSA_RISCV)
#define KJWT_RSA_RV32IM 1
#elif defined(__x86_64__) && defined(__ELF__) && !defined(__ILP32__)
#define KJWT_RSA_X86_64 1
#elif defined(__SIZEOF_INT128__) && !defined(__wasm__) && \
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ /* 128 bits are a call there */
#define KJWT_RSA_ROWS_PORTABLE 1
#define KJWT_RSA_DIGITS_64     1
#else
#define KJWT_RSA_ROWS_PORTABLE 1
#endif

#if defined(KJWT_RSA_ROWS_PORTABLE)
#define KJWT_RSA_ROWS 1
#endif

#endif
