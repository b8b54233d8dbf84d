# Arm MPS2, AN505: Cortex-M33, Secure state, without its floating point.
#
# SPDX-License-Identifier: Apache-2.0
include(${CMAKE_CURRENT_LIST_DIR}/../common/mps2.cmake)
set(KJWT_BOARD_CPU_FLAGS -mcpu=cortex-m33 -mthumb -mfloat-abi=soft)
set(KJWT_BOARD_DEFINITIONS BOARD_UART=0x50200000u BOARD_SYSTICK_NS=50u)
list(APPEND KJWT_BOARD_SOURCES mps2-an505/board.c)
set(KJWT_BOARD_LINKER_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/link.ld)
list(APPEND KJWT_BOARD_QEMU -machine mps2-an505)
