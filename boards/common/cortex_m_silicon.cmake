# What the Cortex-M boards without an emulator have in common.
#
# SPDX-License-Identifier: Apache-2.0
include(${CMAKE_CURRENT_LIST_DIR}/cortex_m.cmake)
list(APPEND KJWT_BOARD_SOURCES common/cortex_m_reset.c common/no_counter.c)
