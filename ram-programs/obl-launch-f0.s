@ Option-byte load on STM32F0: reloads the option bytes, looks again whether the flash is empty, and resets.
@ RM0091 and RM0360, flash registers at 0x40022000: KEYR +04, CR +10 with LOCK bit 7 and OBL_LAUNCH bit 13.
@ F04x, F070x6, F09x and F030xC have the empty check. A plain reset follows, should the load not reset by itself.
    .include "program.inc"

    program_begin
    ldr     r0, =0x40022000
    unlock  0x10, 7, 0x04, 0x45670123, 0xCDEF89AB
    set_bit 0x10, 13
    system_reset
