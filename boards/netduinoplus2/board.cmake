# Netduino Plus 2, and other boards with an STM32F4: Cortex-M4, without its
# floating point.
#
# SPDX-License-Identifier: Apache-2.0
include(${CMAKE_CURRENT_LIST_DIR}/../common/cortex_m_qemu.cmake)
set(KJWT_BOARD_CPU_FLAGS -mcpu=cortex-m4 -mthumb -mfloat-abi=soft)
# 168 MHz in QEMU.
set(KJWT_BOARD_DEFINITIONS BOARD_SYSTICK_NS=125u BOARD_SYSTICK_TICKS=21u)
list(APPEND KJWT_BOARD_SOURCES common/systick.c netduinoplus2/board.c)
set(KJWT_BOARD_LINKER_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/link.ld)
set(KJWT_BOARD_IMAGE hex)
list(APPEND KJWT_BOARD_QEMU -machine netduinoplus2)
