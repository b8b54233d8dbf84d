# What the Cortex-M boards in QEMU have in common.
#
# SPDX-License-Identifier: Apache-2.0
include(${CMAKE_CURRENT_LIST_DIR}/cortex_m.cmake)
list(APPEND KJWT_BOARD_SOURCES common/semihosting.c)
set(KJWT_BOARD_QEMU qemu-system-arm -semihosting-config enable=on,target=native)
