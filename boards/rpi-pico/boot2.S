/*
 * The second stage of the RP2040's boot (RP2040 datasheet, 2.8.1.3): the ROM
 * copies these 252 bytes into RAM, holds them against their checksum, and jumps
 * to the first. It makes the flash readable at 0x10000000 and starts what stands
 * behind it. Command 03h, which every serial flash has: slow, but enough here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

/* Datasheet 4.10.13: the synchronous serial interface of the flash. */
#define SSI            0x18000000
#define SSI_CTRLR0     0x00
#define SSI_CTRLR1     0x04
#define SSI_SSIENR     0x08
#define SSI_BAUDR      0x14
#define SSI_SPI_CTRLR0 0xf4

/* Standard SPI, frames of 32 bits, sends a command and reads. */
#define CTRLR0_READ    (31 << 16 | 3 << 8)
/* Command 03h, 8 bits of it, 24 bits of address, each on one line. */
#define SPI_CTRLR0_03H (0x03 << 24 | 2 << 8 | 6 << 2)

#define VECTORS 0x10000100
#define VTOR    0xe000ed08

    .section .boot2, "ax"
    .thumb_func
    .global boot2
boot2:
    ldr r0, =SSI
    movs r1, #0
    str r1, [r0, #SSI_SSIENR]
    movs r1, #4 /* the system clock by 4 */
    str r1, [r0, #SSI_BAUDR]
    ldr r1, =CTRLR0_READ
    str r1, [r0, #SSI_CTRLR0]
    ldr r1, =SPI_CTRLR0_03H
    movs r2, #SSI_SPI_CTRLR0
    str r1, [r0, r2]
    movs r1, #0 /* one frame a read */
    str r1, [r0, #SSI_CTRLR1]
    movs r1, #1
    str r1, [r0, #SSI_SSIENR]

    ldr r0, =VECTORS
    ldr r1, =VTOR
    str r0, [r1]
    ldmia r0!, {r1, r2}
    msr msp, r1
    bx r2
    .ltorg
