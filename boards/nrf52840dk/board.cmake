# Nordic's nRF52840 DK: Cortex-M4, without its floating point.
#
# SPDX-License-Identifier: Apache-2.0
include(${CMAKE_CURRENT_LIST_DIR}/../common/cortex_m_silicon.cmake)
set(KJWT_BOARD_CPU_FLAGS -mcpu=cortex-m4 -mthumb -mfloat-abi=soft)
set(KJWT_BOARD_DEFINITIONS BOARD_PIN_TXD=6u BOARD_PIN_RXD=8u)
list(APPEND KJWT_BOARD_SOURCES common/nrf_uart.c nrf52840dk/board.c)
set(KJWT_BOARD_LINKER_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/link.ld)
set(KJWT_BOARD_QEMU none)
set(KJWT_BOARD_IMAGE hex)
set(KJWT_BOARD_DEVICE_SOURCES common/flash_stand_in.c common/nrf_random.c)
