# What the Cortex-M boards have in common.
#
# SPDX-License-Identifier: Apache-2.0
set(KJWT_BOARD_COMPILER arm-none-eabi)
set(KJWT_BOARD_LIBC c_nano)
# What GCC 12 does at -Os although it takes flash: 100 bytes of 6,700.
set(KJWT_BOARD_SIZE_FLAGS -fno-caller-saves -fno-if-conversion
    -fno-schedule-insns2 -fno-ssa-phiopt -fno-tree-loop-im -fno-tree-slsr)
set(KJWT_BOARD_SOURCES common/cortex_m.c common/start.c)
