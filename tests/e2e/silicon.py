"""Boards that no QEMU machine has, in Unicorn: the processor, the memory map,
and so much of the registers as the datasheets say of what the firmware uses. The
image is the file that a programmer writes to the board. It shows that the image
starts and answers, not that silicon does.
SPDX-License-Identifier: Apache-2.0
"""

import struct

import unicorn
from unicorn import arm_const as arm

PAGE = 0x1000
VECTORS = struct.Struct("<II")
# RP2040 datasheet 2.8.1.3: where the ROM copies the second stage to.
BOOT2_AT = 0x20041F00


def read_hex(path):
    """Intel HEX as {address: bytes}."""
    base, parts = 0, {}
    for line in path.read_text().split():
        record = bytes.fromhex(line[1:])
        assert sum(record) & 0xFF == 0
        count, address, kind = record[0], int.from_bytes(record[1:3], "big"), \
            record[3]
        data = record[4:4 + count]
        if kind == 0:
            parts[base + address] = data
        elif kind == 4:
            base = int.from_bytes(data, "big") << 16
        elif kind == 2:
            base = int.from_bytes(data, "big") << 4
    return parts


def read_uf2(path):
    """UF2's blocks as {address: bytes}; whole, in order, for an RP2040."""
    image, parts = path.read_bytes(), {}
    assert len(image) % 512 == 0
    for number in range(len(image) // 512):
        block = image[512 * number:512 * (number + 1)]
        (first, second, flags, address, size, index, count,
         family) = struct.unpack_from("<8I", block)
        assert (first, second) == (0x0A324655, 0x9E5D5157)
        assert struct.unpack_from("<I", block, 508) == (0x0AB16F30,)
        assert (flags, family) == (0x2000, 0xE48BFF56)
        assert (index, count, size) == (number, len(image) // 512, 256)
        parts[address] = block[32:288]
    return parts


def crc32_mpeg2(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc >> 31 else 0)) & 0xFFFFFFFF
    return crc


class Board:
    """A processor with its registers: offsets within `regions` are read by
    read(base, offset) and written by write(base, offset, value)."""

    def __init__(self, emulator, text):
        self.emulator = emulator
        self.input = list(text)
        self.output = bytearray()
        self.written = {}
        self.resets = False
        for base, size in self.regions:
            emulator.mmio_map(base, size, self._read, base, self._write, base)

    def _read(self, _, offset, size, base):
        return self.read(base + offset)

    def _write(self, _, offset, size, value, base):
        self.written[base + offset] = value
        self.write(base + offset, value)

    def load(self, parts):
        for address, data in parts.items():
            self.emulator.mem_write(address, data)

    def take(self):
        return self.input.pop(0)

    def stop(self):
        self.resets = True
        self.emulator.emu_stop()


class CortexM(Board):
    AIRCR = 0xE000ED0C

    def __init__(self, model, text):
        emulator = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB
                              | unicorn.UC_MODE_MCLASS)
        emulator.ctl_set_cpu_model(model)
        super().__init__(emulator, text)

    def write(self, address, value):
        if address == self.AIRCR:
            assert value == 0x05FA0004
            self.stop()

    def run_from(self, vectors):
        stack, start = VECTORS.unpack(
            self.emulator.mem_read(vectors, VECTORS.size))
        self.emulator.reg_write(arm.UC_ARM_REG_SP, stack)
        self.emulator.emu_start(start, 0xFFFFFFFF)


class Nrf52840(CortexM):
    """Nordic nRF52840 Product Specification 1.8: UART0, port 0, and of the
    factory's registers the chip's number."""

    regions = [(0x10000000, PAGE), (0x40002000, PAGE), (0x50000000, PAGE),
               (0xE000E000, PAGE)]
    image = "verify-shell.hex"
    UART = 0x40002000

    def __init__(self, path, text):
        super().__init__(arm.UC_CPU_ARM_CORTEX_M4, text)
        self.ready = False  # an event that is cleared by writing 0
        self.emulator.mem_map(0, 0x100000, unicorn.UC_PROT_READ
                              | unicorn.UC_PROT_EXEC)
        self.emulator.mem_map(0x20000000, 0x40000)
        self.load(read_hex(path))

    def read(self, address):
        if address in (0x10000060, 0x10000064):
            return 0x12345678
        if address == self.UART + 0x108:
            return int(bool(self.input))
        if address == self.UART + 0x11C:
            return int(self.ready)
        return self.take() if address == self.UART + 0x518 else 0

    def write(self, address, value):
        super().write(address, value)
        if address == self.UART + 0x11C:
            self.ready = bool(value)
        elif address == self.UART + 0x51C:
            assert self.written[self.UART + 0x500] == 4  # enabled
            assert self.written[self.UART + 0x008] == 1  # transmitting
            assert self.written[self.UART + 0x50C] == 6  # P0.06
            self.output.append(value)
            self.ready = True

    def run(self):
        self.run_from(0)


class Rp2040(CortexM):
    """RP2040 datasheet: the ROM's boot from flash, the crystal, UART0."""

    regions = [(0x18000000, PAGE), (0x40008000, PAGE), (0x4000C000, 2 * 0x2000),
               (0x40014000, PAGE), (0x40024000, PAGE), (0x40034000, PAGE),
               (0xE000E000, PAGE)]
    image = "verify-shell.uf2"
    UART, SSI, RESETS, CLOCKS = 0x40034000, 0x18000000, 0x4000C000, 0x40008000

    def __init__(self, path, text):
        super().__init__(arm.UC_CPU_ARM_CORTEX_M0, text)
        self.in_reset = 0xFFFFFFFF
        self.flash = read_uf2(path)
        # Above the four large banks lie two small ones.
        self.emulator.mem_map(0x20000000, 0x42000)

    def read(self, address):
        if address == 0x40024004:  # the crystal, once it is started
            started = self.written.get(0x40024000) == 0xFABAA0
            return int(started) << 31
        if address == self.CLOCKS + 0x38:
            return 1 << self.written.get(self.CLOCKS + 0x30, 0)
        if address == self.RESETS + 8:
            return ~self.in_reset & 0x1FFFFFF
        if address == self.UART + 0x18:
            return 0 if self.input else 1 << 4
        return self.take() if address == self.UART else 0

    def write(self, address, value):
        super().write(address, value)
        if address == self.RESETS + 0x3000:
            self.in_reset &= ~value
        elif address == self.SSI + 8 and value == 1:
            assert self.written[self.SSI] == 0x001F0300
            assert self.written[self.SSI + 0xF4] == 0x03000218
            self.emulator.mem_map(0x10000000, 0x200000, unicorn.UC_PROT_READ
                                  | unicorn.UC_PROT_EXEC)
            self.load(self.flash)
        elif address == self.UART:
            self.check_uart()
            self.output.append(value)

    def check_uart(self):
        assert self.in_reset & (1 << 22 | 1 << 5 | 1 << 8) == 0
        assert self.written[self.CLOCKS + 0x48] == 1 << 11 | 4 << 5
        assert self.written[0x40014004] == self.written[0x4001400C] == 2
        divisor = (self.written[self.UART + 0x24]
                   + self.written[self.UART + 0x28] / 64)
        assert abs(12e6 / 16 / divisor / 115200 - 1) < 0.01
        assert self.written[self.UART + 0x30] == 0x301

    def run(self):
        boot2 = self.flash[0x10000000]
        assert struct.unpack_from("<I", boot2, 252) == (
            crc32_mpeg2(boot2[:252]),)
        self.emulator.mem_write(BOOT2_AT, boot2)
        self.emulator.reg_write(arm.UC_ARM_REG_SP, BOOT2_AT)
        self.emulator.emu_start(BOOT2_AT | 1, 0xFFFFFFFF)
        assert self.written[0xE000ED08] == 0x10000100


class Esp32C3(Board):
    """ESP32-C3 Technical Reference Manual: direct boot, UART0, watchdogs."""

    regions = [(0x60000000, PAGE), (0x60008000, PAGE), (0x6001F000, PAGE)]
    image = "verify-shell.bin"
    UART, RTC, TIMERS = 0x60000000, 0x60008000, 0x6001F000

    def __init__(self, path, text):
        super().__init__(unicorn.Uc(unicorn.UC_ARCH_RISCV,
                                    unicorn.UC_MODE_RISCV32), text)
        flash = path.read_bytes()
        assert flash[:8] == struct.pack("<II", 0xAEDB041D, 0xAEDB041D)
        self.emulator.mem_map(0x42000000, 0x400000)
        self.emulator.mem_map(0x3C000000, 0x400000, unicorn.UC_PROT_READ)
        self.emulator.mem_map(0x3FC80000, 0x60000)
        self.load({0x42000000: flash, 0x3C000000: flash})
        # Data is not read where code is fetched.
        self.emulator.hook_add(unicorn.UC_HOOK_MEM_READ, self.data_in_irom,
                               begin=0x42000000, end=0x423FFFFF)

    def data_in_irom(self, _, access, address, size, value, data):
        raise AssertionError(f"data read at {address:#x}")

    def read(self, address):
        if address == self.UART + 0x1C:
            return min(len(self.input), 128)
        return self.take() if address == self.UART else 0

    def write(self, address, value):
        if address == self.UART:
            self.check_watchdogs()
            self.output.append(value)
        elif address == self.RTC and value >> 31:
            self.stop()

    def check_watchdogs(self):
        assert self.written[self.RTC + 0x90] == 0
        assert self.written[self.RTC + 0xAC] >> 31 == 1
        assert self.written[self.TIMERS + 0x48] == 0

    def run(self):
        self.emulator.emu_start(0x42000008, 0xFFFFFFFF)


MODELS = {"nrf52840dk": Nrf52840, "rpi-pico": Rp2040,
          "esp32c3-devkit": Esp32C3}


def answers(board, path, lines):
    """What the verify shell in the image at path answers, until EOT resets the
    board."""
    text = b"".join(line + b"\n" for line in lines) + b"\x04"
    model = MODELS[board](path, text)
    model.run()
    assert model.resets
    said = model.output.decode().split("\n")
    assert said.pop() == "" and said[0].startswith("# kjwt ")
    return [line for line in said if not line.startswith("# ")]
