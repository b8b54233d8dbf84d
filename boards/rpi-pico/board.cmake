# Raspberry Pi Pico: RP2040, Cortex-M0+.
#
# SPDX-License-Identifier: Apache-2.0
include(${CMAKE_CURRENT_LIST_DIR}/../common/cortex_m_silicon.cmake)
set(KJWT_BOARD_CPU_FLAGS -mcpu=cortex-m0plus -mthumb)
set(KJWT_BOARD_DEFINITIONS BOARD_UART=0x40034000u)
list(APPEND KJWT_BOARD_SOURCES common/pl011.c rpi-pico/board.c
    rpi-pico/boot2.S)
set(KJWT_BOARD_LINKER_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/link.ld)
set(KJWT_BOARD_QEMU none)
set(KJWT_BOARD_IMAGE uf2)
