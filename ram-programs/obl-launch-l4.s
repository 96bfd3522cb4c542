@ Option-byte load on STM32L4, G0, C0 and U0, whose flash registers are alike.
@ RM0351, RM0394, RM0432 (L4), RM0444, RM0454 (G0), RM0490 (C0), at 0x40022000: KEYR +08, OPTKEYR +0C,
@ CR +14 with OBL_LAUNCH bit 27, OPTLOCK bit 30, LOCK bit 31. OBL_LAUNCH cannot be written while OPTLOCK is set.
@ Doubtful: U0 (RM0503) was taken to be as C0.
    .include "program.inc"

    program_begin
    ldr     r0, =0x40022000
    unlock  0x14, 31, 0x08, 0x45670123, 0xCDEF89AB
    unlock  0x14, 30, 0x0C, 0x08192A3B, 0x4C5D6E7F
    set_bit 0x14, 27
    system_reset
