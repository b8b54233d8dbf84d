"""Builds and runs the images of a board.
SPDX-License-Identifier: Apache-2.0
"""

import os
import re
import subprocess
import threading

from inputs import NOW
from report import PEERS

CORES = {
    "microbit": "Cortex-M0",
    "mps2-an385": "Cortex-M3",
    "mps2-an386": "Cortex-M4",
    "mps2-an505": "Cortex-M33",
    "riscv32-virt": "RV32IMC",
}
# The shell's and the flash bench's, which measure the whole kjwt_verify().
SHELL_IMAGES = ("verify-shell", "flash-verify", "flash-empty")
REFUSED = ("flipped_signature", "other_message")
NOT_BUILT = "it does not build"
SECONDS = 120
JOBS = os.cpu_count() or 1


class Failed(Exception):
    """What is wrong, for a row or for the whole run."""


def build(root, board, inputs, peers):
    """Builds a board's images and returns its folder."""
    folder = inputs.key_file.parent / board
    folder.mkdir(exist_ok=True)
    configure = [
        "cmake", "-S", root, "-B", folder, f"-DKJWT_BOARD={board}",
        "--toolchain", root / "boards/common/toolchain.cmake",
        f"-DKJWT_KEYS={inputs.key_file}", "-DKJWT_BENCH_DEVICE=ON",
        f"-DKJWT_BENCH_VECTORS={inputs.vectors}",
        f"-DKJWT_BENCH_PEERS={'ON' if peers else 'OFF'}"]
    compile_all = ["cmake", "--build", folder, "-j", str(JOBS), "--target",
                   "bench-device", *SHELL_IMAGES, "--", "-k"]
    log = folder / "build.log"
    with log.open("w") as output:
        for command in (configure, compile_all):
            done = subprocess.run(command, stdout=output, stderr=output)
            if done.returncode and command is configure:
                raise Failed(f"{board} was not configured, see {log}. Tools "
                             "that are missing: boards/install host boards")
    if done.returncode:
        remove_failed(folder, log)
    return folder


def failed_targets(log):
    """The targets that a log of make -k complains about."""
    return set(re.findall(r"\*\*\* \[\S+?[/:] ?(?:\S*CMakeFiles/)?"
                          r"([\w.-]+?)(?:\.dir/\S+|\.elf)\] Error", log))


def remove_failed(folder, log):
    """A peer's build may fail; what it left in an earlier run must go then.
    Anything else that fails ends the run."""
    failed = failed_targets(log.read_text()) - {"bench-device"}
    names = {target.removeprefix("bench.") for target in failed}
    if not names or not all(name.split(".")[0] in PEERS for name in names):
        raise Failed(f"the build failed, see {log}")
    for image in folder.glob("bench.*.elf"):
        if any(image.name.removeprefix("bench.").startswith(name)
               for name in names):
            image.unlink()


def sections(image):
    """Bytes of flash and of static RAM, without the stack."""
    lines = subprocess.run(["arm-none-eabi-size", "-A", image], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    size = {line.split()[0]: int(line.split()[1]) for line in lines
            if line.startswith(".")}
    data = size.get(".data", 0)
    return size[".text"] + data, data + size.get(".bss", 0)


def added(folder, image):
    """What an image holds beyond the empty one."""
    empty = sections(folder / "flash-empty.elf")
    return [a - b for a, b in zip(sections(folder / image), empty)]


def command(folder, image):
    words = (folder / "qemu.args").read_text().split("\n")[:-1]
    return [*words, "-display", "none", "-monitor", "none", "-serial", "stdio",
            "-kernel", folder / image]


def boot(folder, image, lines=None):
    """Runs an image with its instructions counted; lines are sent to it once it
    has spoken. Returns what it says."""
    with subprocess.Popen(
            [*command(folder, image), "-icount", "shift=0"],
            stdin=subprocess.PIPE if lines else subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True) as device:
        limit = threading.Timer(SECONDS, device.kill)
        limit.start()
        try:
            first = device.stdout.readline()
            if lines:
                device.stdin.write(lines)
                device.stdin.close()
            text = first + device.stdout.read()
            if device.wait() != 0:
                raise Failed(f"it ended with status {device.returncode}: "
                             f"{text[-80:].strip()}")
        finally:
            limit.cancel()
    return text


def check(verdicts):
    """Whether it accepts what is good and refuses what is not, at run time."""
    if not (verdicts["good"] and verdicts["good_again"]):
        raise Failed("it refuses a good signature")
    for name in REFUSED:
        if verdicts[name]:
            raise Failed(f"it accepts {name.replace('_', ' ')}")


def measure_contender(folder, name):
    image = f"bench.{name}.elf"
    if not (folder / image).exists() or \
            not (folder / f"bench.{name}.flash.elf").exists():
        raise Failed(NOT_BUILT)
    figures = {words[0]: int(words[1]) for words in
               map(str.split, boot(folder, image).splitlines())}
    check(figures)
    if not figures["measured_good"]:
        raise Failed("it refuses a good signature while it is measured")
    flash, static = added(folder, f"bench.{name}.flash.elf")
    return {
        "instructions": figures["again"],
        "instructions_first": figures["first"],
        "instructions_init": figures["init"],
        "instructions_rsa": figures["rsa"],
        "instructions_hash": figures["hash"],
        "flash": flash,
        "work": static - figures["arena"],
        "stack": figures["stack"],
        "heap": figures["heap"],
        "accepts_s_plus_n": bool(figures["s_plus_n"]),
    }


def shell_lines(tokens):
    """The shell's input; an answer comes for each line."""
    return "\n".join([f"now {NOW}", "aud device-01", *tokens, "stats", "\x04",
                      ""])


def measure_whole(folder, inputs):
    """kjwt_verify() through the verify shell."""
    tokens = inputs.tokens
    names = [*tokens, "good_again"]
    answers = [line for line in boot(
        folder, "verify-shell.elf",
        shell_lines([*tokens.values(), tokens["good"]])).splitlines()
        if not line.startswith("# ")]
    verdicts = {name: answer.startswith("accepted ") for name, answer in
                zip(names, answers[2:])}
    check(verdicts)
    stack, work, instructions = map(int, re.fullmatch(
        r"stack (\d+) work (\d+) instructions (\d+)", answers[-1]).groups())
    return {
        "instructions": instructions,
        "flash": added(folder, "flash-verify.elf")[0],
        "work": work,
        "stack": stack,
        "heap": 0,
        "accepts_s_plus_n": verdicts["s_plus_n"],
    }
