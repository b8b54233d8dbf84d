# BBC micro:bit: nRF51822, Cortex-M0, 16 KB of RAM.
#
# SPDX-License-Identifier: Apache-2.0
include(${CMAKE_CURRENT_LIST_DIR}/../common/cortex_m_qemu.cmake)
set(KJWT_BOARD_CPU_FLAGS -mcpu=cortex-m0 -mthumb)
set(KJWT_BOARD_DEFINITIONS BOARD_PIN_TXD=24u BOARD_PIN_RXD=25u)
list(APPEND KJWT_BOARD_SOURCES common/nrf_uart.c microbit/board.c)
set(KJWT_BOARD_LINKER_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/link.ld)
list(APPEND KJWT_BOARD_QEMU -machine microbit)
set(KJWT_BOARD_DEVICE_SOURCES
    microbit/flash.c
    common/nrf_random.c
    ../port/storage/flash_nrf51.c)
