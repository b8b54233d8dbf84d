# What the Cortex-M boards have in common.
#
# SPDX-License-Identifier: Apache-2.0
set(KJWT_BOARD_COMPILER arm-none-eabi)
set(KJWT_BOARD_LIBC c_nano)
set(KJWT_BOARD_SOURCES common/cortex_m.c common/start.c)
