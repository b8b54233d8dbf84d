# The toolchain file of every board: what its board.cmake asks for. Configure
# with
#   cmake -S . -B build/BOARD --toolchain boards/common/toolchain.cmake
#         -DKJWT_BOARD=BOARD -DKJWT_KEYS=/absolute/path/of/keys.c
#
# SPDX-License-Identifier: Apache-2.0
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES KJWT_BOARD)

get_filename_component(boards "${CMAKE_CURRENT_LIST_DIR}" DIRECTORY)
if(NOT EXISTS "${boards}/${KJWT_BOARD}/board.cmake" OR NOT KJWT_BOARD)
    file(GLOB known RELATIVE "${boards}" "${boards}/*/board.cmake")
    list(TRANSFORM known REPLACE "/board.cmake" "")
    list(JOIN known ", " known)
    message(FATAL_ERROR "KJWT_BOARD=${KJWT_BOARD} is no board; there are "
                        "${known}")
endif()
include("${boards}/${KJWT_BOARD}/board.cmake")

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE MinSizeRel CACHE STRING "Size before speed")
endif()
if(KJWT_BOARD_COMPILER) # none: a process of this machine
    set(CMAKE_SYSTEM_NAME Generic)
    set(CMAKE_SYSTEM_PROCESSOR ${KJWT_BOARD_COMPILER})
    set(CMAKE_C_COMPILER ${KJWT_BOARD_COMPILER}-gcc)
    set(CMAKE_ASM_COMPILER ${KJWT_BOARD_COMPILER}-gcc)
    # A program would want start-up code and a linker script.
    set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
    # The machine's own headers and libraries are not the board's.
    set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
    set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
    string(JOIN " " CMAKE_ASM_FLAGS_INIT ${KJWT_BOARD_CPU_FLAGS} -g)
    string(JOIN " " CMAKE_C_FLAGS_INIT ${KJWT_BOARD_CPU_FLAGS}
           ${KJWT_BOARD_SIZE_FLAGS} -g)
    # Over all files at once: a fifth less flash.
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
endif()
