# Arm MPS2, AN500: Cortex-M7, without its floating point. What the shell uses is
# as on AN385.
#
# SPDX-License-Identifier: Apache-2.0
include(${CMAKE_CURRENT_LIST_DIR}/../common/mps2.cmake)
set(KJWT_BOARD_CPU_FLAGS -mcpu=cortex-m7 -mthumb -mfloat-abi=soft)
set(KJWT_BOARD_DEFINITIONS BOARD_UART=0x40004000u BOARD_SYSTICK_NS=40u)
list(APPEND KJWT_BOARD_SOURCES mps2-an385/board.c)
set(KJWT_BOARD_LINKER_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/../mps2-an385/link.ld)
list(APPEND KJWT_BOARD_QEMU -machine mps2-an500)
