# Arm MPS2, AN385: Cortex-M3.
#
# SPDX-License-Identifier: Apache-2.0
include(${CMAKE_CURRENT_LIST_DIR}/../common/mps2.cmake)
set(KJWT_BOARD_CPU_FLAGS -mcpu=cortex-m3 -mthumb)
set(KJWT_BOARD_DEFINITIONS BOARD_UART=0x40004000u BOARD_SYSTICK_NS=40u)
list(APPEND KJWT_BOARD_SOURCES mps2-an385/board.c)
set(KJWT_BOARD_LINKER_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/link.ld)
list(APPEND KJWT_BOARD_QEMU -machine mps2-an385)
