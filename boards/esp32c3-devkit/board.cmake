# Espressif's ESP32-C3: RV32IMC, started directly from flash by its ROM.
#
# SPDX-License-Identifier: Apache-2.0
set(KJWT_BOARD_COMPILER riscv64-unknown-elf)
set(KJWT_BOARD_LIBC c)
set(KJWT_BOARD_CPU_FLAGS -march=rv32imc -misa-spec=2.2 -mabi=ilp32
    --specs=picolibc.specs -msave-restore)
set(KJWT_BOARD_SOURCES common/riscv.c common/start.c common/no_counter.c
    esp32c3-devkit/board.c)
set(KJWT_BOARD_LINKER_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/link.ld)
set(KJWT_BOARD_QEMU none)
set(KJWT_BOARD_IMAGE bin)
