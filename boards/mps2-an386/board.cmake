# Arm MPS2, AN386: Cortex-M4, without its floating point. Everything but the
# processor is as on AN385.
#
# SPDX-License-Identifier: Apache-2.0
include(${CMAKE_CURRENT_LIST_DIR}/../common/mps2.cmake)
set(KJWT_BOARD_CPU_FLAGS -mcpu=cortex-m4 -mthumb -mfloat-abi=soft)
set(KJWT_BOARD_DEFINITIONS BOARD_UART=0x40004000u BOARD_SYSTICK_NS=40u)
list(APPEND KJWT_BOARD_SOURCES mps2-an385/board.c)
set(KJWT_BOARD_LINKER_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/../mps2-an385/link.ld)
list(APPEND KJWT_BOARD_QEMU -machine mps2-an386)
