# What a programmer writes into a board's flash, beside each NAME.elf:
#
#   hex   NAME.hex, Intel's format
#   bin   NAME.bin, the bytes from the beginning of the flash
#   uf2   NAME.bin and NAME.uf2 for the boot ROM of an RP2040
#
# SPDX-License-Identifier: Apache-2.0
function(kjwt_image name format)
    set(elf ${CMAKE_BINARY_DIR}/${name}.elf)
    if(format STREQUAL hex)
        add_custom_command(TARGET ${name} POST_BUILD VERBATIM
            COMMAND ${CMAKE_OBJCOPY} -O ihex ${elf}
                    ${CMAKE_BINARY_DIR}/${name}.hex)
        return()
    endif()
    add_custom_command(TARGET ${name} POST_BUILD VERBATIM
        COMMAND ${CMAKE_OBJCOPY} -O binary ${elf}
                ${CMAKE_BINARY_DIR}/${name}.bin)
    if(format STREQUAL uf2)
        kjwt_uf2_tool()
        add_dependencies(${name} uf2)
        add_custom_command(TARGET ${name} POST_BUILD VERBATIM
            COMMAND ${CMAKE_BINARY_DIR}/uf2 ${CMAKE_BINARY_DIR}/${name}.bin
                    ${CMAKE_BINARY_DIR}/${name}.uf2)
    endif()
endfunction()

# A program of this machine, not of the board.
function(kjwt_uf2_tool)
    if(TARGET uf2)
        return()
    endif()
    set(source ${PROJECT_SOURCE_DIR}/boards/rpi-pico/uf2.c)
    find_program(KJWT_HOST_CC NAMES cc gcc clang REQUIRED)
    add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/uf2 VERBATIM
        COMMAND ${KJWT_HOST_CC} -std=c11 -O1 -Wall -Wextra -Wconversion -o
                ${CMAKE_BINARY_DIR}/uf2 ${source}
        DEPENDS ${source})
    add_custom_target(uf2 DEPENDS ${CMAKE_BINARY_DIR}/uf2)
endfunction()
