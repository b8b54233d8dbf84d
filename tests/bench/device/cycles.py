"""A model of the cycles that a verification takes: the instructions that QEMU
executed, each with its documented time, zero wait states.

Where the manual gives a range, or a time that depends on what stands around the
instruction, the model gives the least and the most.

    Cortex-M0   DDI 0432, 3.3; the single-cycle multiplier
    Cortex-M3   DDI 0337, 3.3.1: UMULL 3-5, UMLAL 4-7, a taken branch 1 + 1-3
    Cortex-M4   100166, 3.3.1: every multiplication 1
    Cortex-M33  its manual gives no times: those of the Cortex-M4
    RV32IMC     lowRISC's Ibex, "Pipeline Details": a load or store 2, a taken
                branch 2-3, MUL 1-3 and MULH 2-4 (single-cycle or fast
                multiplier)

SPDX-License-Identifier: Apache-2.0
"""

import collections
import re
import subprocess
import threading

import images

# How many instructions the counter of the board and the trace may differ in:
# the timer's tick, and the functions that read it.
TOLERANCE = 250
ONE = (1, 1)

ARM_CLASSES = (
    ("return by pop", r"(pop|ldm).*\bpc\b"),
    ("stack or multiple", r"(ldm|stm|push|pop)"),
    ("double", r"(ldrd|strd)"),
    ("load", r"ldr"),
    ("store", r"str"),
    ("multiply-accumulate long", r"(umaal|umlal|smlal)"),
    ("multiply long", r"(umull|smull)"),
    ("multiply-accumulate", r"(mla|mls)"),
    ("multiply", r"(mul|smul|smla)"),
    ("divide", r"[us]div "),
    ("call", r"blx? "),
    ("return", r"bx "),
    ("table branch", r"tb[bh]"),
    ("branch", r"(b|cbn?z|b(eq|ne|cs|cc|hs|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le))"
               r" "),
    ("IT", r"it"),
)
MULTIPLE = ("return by pop", "stack or multiple")
RISCV_CLASSES = (
    ("load", r"l(b|h|w)u? "),
    ("store", r"s(b|h|w) "),
    ("multiply long", r"mulh"),
    ("multiply", r"mul"),
    ("divide", r"(div|rem)"),
    ("branch", r"b"),
    ("call", r"(jal|j|jr|jalr|ret|call|tail) "),
)

# (least, most) of a class. A class that is not here takes 1; "taken" comes on
# top of a branch that is taken, "register" of each register of a list.
CORTEX_M0 = {
    "return by pop": (2, 2), "stack or multiple": ONE, "register": ONE,
    "load": (2, 2), "store": (2, 2), "call": (2, 2), "taken": (2, 2),
}
CORTEX_M3 = {
    "stack or multiple": ONE, "register": ONE, "double": (3, 3),
    "load": (1, 2), "store": (1, 2), "multiply-accumulate": (2, 2),
    "multiply long": (3, 5), "multiply-accumulate long": (4, 7),
    "divide": (2, 12), "table branch": (2, 2), "IT": (0, 1), "taken": (1, 3),
}
CORTEX_M4 = {
    "stack or multiple": ONE, "register": ONE, "double": (3, 3),
    "load": (1, 2), "store": (1, 2), "divide": (2, 12), "table branch": (2, 2),
    "IT": (0, 1), "taken": (1, 3),
}
IBEX = {
    "load": (2, 2), "store": (2, 2), "multiply": (1, 3),
    "multiply long": (2, 4), "divide": (37, 38), "taken": (1, 2),
}
MODELS = {
    "Cortex-M0": CORTEX_M0, "Cortex-M3": CORTEX_M3, "Cortex-M4": CORTEX_M4,
    "Cortex-M33": CORTEX_M4, "RV32IMC": IBEX,
}
REGISTERS = {name: number for number, name in enumerate(
    "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 sl fp ip sp lr pc".split())} | \
    {"r10": 10, "r11": 11, "r12": 12}


def registers(operands):
    """How many registers a list like {r0, r4-r7, lr} names."""
    count = 0
    for part in re.search(r"\{(.*?)\}", operands)[1].split(","):
        first, _, last = part.strip().partition("-")
        count += REGISTERS[last or first] - REGISTERS[first] + 1
    return count


def classify(mnemonic, operands, riscv):
    """The class of an instruction, and the registers that it moves."""
    name = mnemonic.removeprefix("c.") if riscv else mnemonic.split(".")[0]
    for kind, pattern in RISCV_CLASSES if riscv else ARM_CLASSES:
        if re.match(pattern, f"{name} {operands}"):
            return kind, registers(operands) if kind in MULTIPLE else 0
    return "other", 0


def disassemble(image, riscv):
    """address -> (size, class, registers)"""
    objdump = "riscv64-unknown-elf-objdump" if riscv else \
        "arm-none-eabi-objdump"
    text = subprocess.run([objdump, "-d", image], check=True,
                          capture_output=True, text=True).stdout
    code = {}
    for line in text.splitlines():
        found = re.match(r" *([0-9a-f]+):\t([0-9a-f ]+?) *\t(\S+)\s*(.*)", line)
        if found:
            address, octets, mnemonic, operands = found.groups()
            code[int(address, 16)] = (len(octets.replace(" ", "")) // 2,
                                      *classify(mnemonic, operands, riscv))
    return code


def symbol(image, name):
    text = subprocess.run(["arm-none-eabi-nm", image], check=True,
                          capture_output=True, text=True).stdout
    return int(re.search(rf"^([0-9a-f]+) . {name}$", text, re.M)[1], 16)


class Trace:
    """Reads QEMU's log: the blocks that it translated, and each block that it
    executed. Counts how often a block led to another in one region: from a call
    of board_count_start() to the next one of board_count_stop()."""

    def __init__(self, image, region):
        self.start = symbol(image, "board_count_start")
        self.stop = symbol(image, "board_count_stop")
        self.skip = region
        self.inside = False
        self.blocks = {}
        self.pairs = collections.Counter()

    def read(self, log):
        """Until the region has ended."""
        block = fresh = previous = None
        for line in log:
            if line.startswith(b"Trace "):
                _, _, where, what = line.split(b" ", 3)
                block = where, int(what.split(b"/", 2)[1], 16)
                if fresh is not None:
                    self.blocks[block] = fresh
                    fresh = None
                if self.inside:
                    self.pairs[previous, block] += 1
                previous = block
                if block[1] in (self.start, self.stop) and self.edge(block[1]):
                    return
            elif line.startswith(b"0x") and fresh is not None:
                fresh.append(int(line.split(b":", 1)[0], 16))
            elif line.startswith(b"IN:"):
                fresh = []
            elif line.startswith(b"Stopped execution") and self.inside:
                # The block before it did not run, and will be named again.
                self.pairs[previous, None] += 1
        raise images.Failed("the trace ends before the measurement")

    def edge(self, address):
        """Whether this is the end of the region."""
        if address == self.stop:
            return self.inside
        self.inside = self.skip == 0
        self.skip -= 1
        return False


def record(folder, image, region, lines=None):
    """The trace of a region of an image; lines are sent to it."""
    trace = Trace(folder / image, region)
    with subprocess.Popen(
            [*images.command(folder, image), "-d", "exec,nochain,in_asm"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE) as device:

        def feed():
            device.stdout.readline()
            try:
                device.stdin.write((lines or "").encode())
                device.stdin.close()
                device.stdout.read()
            except BrokenPipeError:
                pass

        feeder = threading.Thread(target=feed)
        limit = threading.Timer(images.SECONDS, device.kill)
        feeder.start()
        limit.start()
        try:
            trace.read(device.stderr)
        finally:
            limit.cancel()
            device.kill()
            feeder.join()
    return trace


def add_up(trace, code, model):
    """(instructions, cycles at least, cycles at most, instructions by class)"""
    histogram = collections.Counter()
    low = high = 0
    for (before, block), count in trace.pairs.items():
        if block is None:
            continue
        kind = None
        for address in trace.blocks[block]:
            size, previous, (_, kind, moved) = 0, kind, code[address]
            least, most = model.get(kind, ONE)
            if kind == "load" and least == 1 and previous not in ("load",
                                                                  "store"):
                least = 2 # nothing to be pipelined with
            extra = model.get("register", (0, 0))[0] * moved
            low += (least + extra) * count
            high += (most + extra) * count
            histogram[kind] += count
        last_of_before = trace.blocks[before][-1]
        if block[1] != last_of_before + code[last_of_before][0]:
            low += model["taken"][0] * count
            high += model["taken"][1] * count
    return sum(histogram.values()), low, high, dict(histogram)


def model(folder, core, image, region, instructions, lines=None):
    """The cycles of a region whose instructions are known."""
    trace = record(folder, image, region, lines)
    counted, low, high, histogram = add_up(
        trace, disassemble(folder / image, core == "RV32IMC"), MODELS[core])
    if abs(counted - instructions) > TOLERANCE:
        raise images.Failed(f"the trace has {counted:,} instructions, the "
                            f"counter {instructions:,}")
    return {"cycles": [low, high], "classes": histogram}
