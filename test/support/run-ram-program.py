"""Runs a RAM program in an emulated Cortex-M0 (Unicorn) as the bootloader's Go would start it, and tells what it did.

usage: run-ram-program.py LOAD_ADDRESS HEX FLASH_MODEL    prints one JSON object

The flash models stand for the registers that the programs touch, from the reference manuals, with the locks in force:
a key in the wrong order, or a control register written while locked, is reported as a fault.
"""
import json
import sys

from unicorn import UC_ARCH_ARM, UC_HOOK_MEM_READ, UC_HOOK_MEM_WRITE, UC_MODE_MCLASS, UC_MODE_THUMB, Uc, UcError
from unicorn.arm_const import UC_ARM_REG_SP, UC_CPU_ARM_CORTEX_M0

AIRCR = 0xE000ED0C
KEYS = (0x45670123, 0xCDEF89AB)
OPTION_KEYS = (0x08192A3B, 0x4C5D6E7F)

# base, control register, [(lock bit, key register, keys)], launch bit
LAUNCH_MODELS = {
    "f0": (0x40022000, 0x10, [(7, 0x04, KEYS)], 13),
    "l0": (0x40022000, 0x04, [(0, 0x0C, (0x89ABCDEF, 0x02030405)), (2, 0x14, (0xFBEAD9C8, 0x24252627))], 18),
    "l4": (0x40022000, 0x14, [(31, 0x08, KEYS), (30, 0x0C, OPTION_KEYS)], 27),
    "wb": (0x58004000, 0x14, [(31, 0x08, KEYS), (30, 0x0C, OPTION_KEYS)], 27),
}
# base, register, bit, what writing does: "w1c" clears by 1, "toggle", "rw"
FLAG_MODELS = {
    "pempty-w1c": (0x40022000, 0x10, 17, "w1c"),
    "pempty-toggle": (0x40022000, 0x10, 17, "toggle"),
    "pempty-rw": (0x40022000, 0x10, 17, "rw"),
    "pempty-clear": (0x40022000, 0x10, 17, "toggle"),
    "empty-g0": (0x40022000, 0x00, 16, "rw"),
    "empty-wb": (0x58004000, 0x00, 16, "rw"),
}


class Launch:
    def __init__(self, name, unlocked):
        self.base, self.control, self.locks, self.launch = LAUNCH_MODELS[name]
        self.value = 0 if unlocked else sum(1 << bit for bit, _, _ in self.locks)
        self.seen = {register: [] for _, register, _ in self.locks}
        self.events = []

    def read(self, offset):
        return self.value if offset == self.control else 0

    def write(self, offset, value):
        for index, (bit, register, keys) in enumerate(self.locks):
            if offset == register:
                return self.key(index, bit, register, keys, value)
        if offset != self.control:
            return self.events.append("fault: register %02x written" % offset)
        if any(self.value >> bit & 1 for bit, _, _ in self.locks):
            return self.events.append("fault: control register written while locked")
        if value & ~(1 << self.launch):
            self.events.append("fault: other bits changed: %08x" % value)
        if value >> self.launch & 1:
            self.events.append("option bytes loaded")

    def key(self, index, bit, register, keys, value):
        earlier = any(self.value >> lock & 1 for lock, _, _ in self.locks[:index])
        self.seen[register].append(value)
        if earlier or not self.value >> bit & 1:
            self.events.append("fault: key for %02x out of order" % register)
        elif tuple(self.seen[register]) == keys:
            self.value &= ~(1 << bit)
            self.events.append("unlocked bit %d" % bit)
        elif self.seen[register][0] != keys[0]:
            self.events.append("fault: wrong key")


class Flag:
    def __init__(self, name):
        self.base, self.register, self.bit, self.how = FLAG_MODELS[name]
        others = 0x00000600 if self.register == 0 else 0
        self.value = others | (0 if name == "pempty-clear" else 1 << self.bit)
        self.events = []

    def read(self, offset):
        return self.value if offset == self.register else 0

    def write(self, offset, value):
        if offset != self.register:
            return self.events.append("fault: register %02x written" % offset)
        mask = 1 << self.bit
        if self.how == "rw":
            if (value ^ self.value) & ~mask:
                self.events.append("fault: other bits changed: %08x" % value)
            self.value = value
        elif value & mask:
            self.value = self.value & ~mask if self.how == "w1c" else self.value ^ mask

    def finish(self):
        self.events.append("flag set" if self.value >> self.bit & 1 else "flag clear")


def run(load, program, model):
    uc = Uc(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS)
    uc.ctl_set_cpu_model(UC_CPU_ARM_CORTEX_M0)
    ram = load & ~0xFFFF
    uc.mem_map(ram, 0x10000)
    uc.mem_write(load, program)
    uc.mem_map(0xE000E000, 0x1000)
    for base in (0x40022000, 0x58004000):
        uc.mem_map(base, 0x1000)
    result = {"events": model.events if model else [], "reset": None, "ramWrites": 0}

    def on_write(uc, access, address, size, value, data):
        value &= 0xFFFFFFFF
        if address == AIRCR:
            result["reset"] = "%08x" % value
            uc.emu_stop()
        elif model and model.base <= address < model.base + 0x100:
            model.write(address - model.base, value)
        elif ram <= address < ram + 0x10000:
            result["ramWrites"] += 1
        else:
            result["events"].append("fault: write to %08x" % address)

    def on_read(uc, access, address, size, value, data):
        if model and model.base <= address < model.base + 0x100:
            uc.mem_write(address, model.read(address - model.base).to_bytes(4, "little"))

    uc.hook_add(UC_HOOK_MEM_WRITE, on_write)
    uc.hook_add(UC_HOOK_MEM_READ, on_read)
    stack, entry = (int.from_bytes(program[i : i + 4], "little") for i in (0, 4))
    if not entry & 1:
        result["events"].append("fault: reset vector without Thumb bit")
    if stack % 8 or not load < stack <= ram + 0x10000:
        result["events"].append("fault: SP %08x" % stack)
    uc.reg_write(UC_ARM_REG_SP, stack)
    try:
        uc.emu_start(entry, 0, count=1000)
    except UcError as error:
        result["events"].append("fault: %s" % error)
    if isinstance(model, Flag):
        model.finish()
    return result


def main():
    load, name = int(sys.argv[1], 0), sys.argv[3]
    model = None
    if name != "none":
        model = Flag(name) if name in FLAG_MODELS else Launch(name.split(":")[0], name.endswith(":unlocked"))
    print(json.dumps(run(load, bytes.fromhex(sys.argv[2]), model)))


main()
