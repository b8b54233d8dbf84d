# QEMU's RISC-V machine "virt", RV32IMC by version 2.2 of the ISA, whose base has
# the CSR instructions. Saving registers by calls takes 356 bytes less flash for
# 0.2 % more instructions.
#
# SPDX-License-Identifier: Apache-2.0
set(KJWT_BOARD_COMPILER riscv64-unknown-elf)
set(KJWT_BOARD_LIBC c)
set(KJWT_BOARD_CPU_FLAGS -march=rv32imc -misa-spec=2.2 -mabi=ilp32
    --specs=picolibc.specs -msave-restore)
set(KJWT_BOARD_SOURCES common/riscv.c common/start.c common/instret.c
    riscv32-virt/board.c)
set(KJWT_BOARD_LINKER_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/link.ld)
set(KJWT_BOARD_QEMU qemu-system-riscv32 -machine virt -bios none)
set(KJWT_BOARD_DEVICE_SOURCES
    common/flash_stand_in.c
    common/random_qemu.c
    common/id_stand_in.c)
