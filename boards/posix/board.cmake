# A process of this machine, built with its own compiler.
#
# SPDX-License-Identifier: Apache-2.0
set(KJWT_BOARD_SOURCES posix/board.c)
# No lazy binding: the dynamic linker's stack would be taken for the verifier's.
set(KJWT_BOARD_LINK_OPTIONS -Wl,-z,now)
set(KJWT_BOARD_DEVICE_SOURCES posix/device.c)
