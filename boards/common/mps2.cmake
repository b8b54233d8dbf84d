# What the MPS2 boards have in common.
#
# SPDX-License-Identifier: Apache-2.0
include(${CMAKE_CURRENT_LIST_DIR}/cortex_m_qemu.cmake)
list(APPEND KJWT_BOARD_SOURCES common/cmsdk_uart.c common/systick.c)
set(KJWT_BOARD_DEVICE_SOURCES
    common/flash_stand_in.c
    common/random_qemu.c
    common/id_stand_in.c)
