"""Runs CRC map programs in emulated cores (Unicorn) as the bootloader's Go would start them, and tells what they left behind.

usage: run-crc-map.py < JOBS    a JSON list of {core, load, program, flash: {base, hex}, ram: {start, size}, results: {address, length},
poison}; prints a JSON list of {reset, results, faults, cycles: {m0, m0p}}

What the program may do: read the flash and its own RAM, store whole words between its end and its results' end, write VTOR and AIRCR.
"""
import json
import sys

from unicorn import (UC_ARCH_ARM, UC_HOOK_CODE, UC_HOOK_MEM_WRITE, UC_MODE_MCLASS, UC_MODE_THUMB,
                     UC_PROT_READ, Uc, UcError, arm_const)
from unicorn.arm_const import UC_ARM_REG_SP

VTOR, AIRCR = 0xE000ED08, 0xE000ED0C
# Cycles of the instructions that the program uses: ARM DDI 0432C table 3-1 (Cortex-M0), DDI 0484C table 3-1 (M0+). 1 where not here.
LOADS = {"m0": 2, "m0p": 2}
TAKEN = {"m0": 3, "m0p": 2}


def kind(code):
    top = code >> 11
    if top in (0b01101, 0b01001) or code >> 9 == 0b0101100:
        return "load"
    if code >> 12 == 0b1100:
        return "multiple"
    if code >> 12 == 0b1101 or top == 0b11100:
        return "branch"
    return "other"


def cycles_of(counts):
    """`counts`: by address, (kind, registers, times, times taken)."""
    total = {}
    for core in ("m0", "m0p"):
        total[core] = 0
        for what, registers, times, taken in counts.values():
            each = {"load": LOADS[core], "multiple": 1 + registers, "branch": 1, "other": 1}[what]
            total[core] += each * times + (TAKEN[core] - 1) * taken
    return total


def run(job):
    uc = Uc(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS)
    uc.ctl_set_cpu_model(getattr(arm_const, "UC_CPU_ARM_" + job["core"]))
    ram, flash, results = job["ram"], job["flash"], job["results"]
    image = bytes.fromhex(flash["hex"])
    uc.mem_map(ram["start"] & ~0xFFF, (ram["size"] + 0x1FFF) & ~0xFFF)
    uc.mem_write(ram["start"], bytes([job["poison"]]) * ram["size"])
    uc.mem_map(flash["base"], (len(image) + 0xFFF) & ~0xFFF, UC_PROT_READ)
    uc.mem_write(flash["base"], image)
    uc.mem_map(0xE000E000, 0x1000)
    program = bytes.fromhex(job["program"])
    uc.mem_write(job["load"], program)
    seen = {"reset": None, "faults": [], "vtor": None}

    def on_write(uc, access, address, size, value, data):
        if size != 4:
            seen["faults"].append("a store of %d bytes at %08x" % (size, address))
        elif address == AIRCR:
            seen["reset"] = "%08x" % (value & 0xFFFFFFFF)
            uc.emu_stop()
        elif address == VTOR:
            seen["vtor"] = value & 0xFFFFFFFF
        elif not job["load"] + len(program) <= address < results["address"] + results["length"]:
            seen["faults"].append("a store at %08x" % address)

    counts = {}
    last = [0, 0]

    def on_code(uc, address, size, data):
        entry = counts.get(address)
        if entry is None:
            code = int.from_bytes(uc.mem_read(address, 2), "little")
            entry = counts[address] = [kind(code), bin(code & 0xFF).count("1"), 0, 0]
        entry[2] += 1
        if last[0] and address != last[0] + last[1]:
            counts[last[0]][3] += 1
        last[:] = address, size

    uc.hook_add(UC_HOOK_MEM_WRITE, on_write)
    if job.get("count"):
        uc.hook_add(UC_HOOK_CODE, on_code)
    stack, entry = (int.from_bytes(program[i : i + 4], "little") for i in (0, 4))
    uc.reg_write(UC_ARM_REG_SP, stack)
    try:
        uc.emu_start(entry, 0, timeout=30_000_000)
    except UcError as error:
        seen["faults"].append(str(error))
    if uc.reg_read(UC_ARM_REG_SP) != stack:
        seen["faults"].append("the stack was used")
    seen["results"] = bytes(uc.mem_read(results["address"], results["length"])).hex()
    seen["cycles"] = cycles_of(counts)
    return seen


print(json.dumps([run(job) for job in json.load(sys.stdin)]))
