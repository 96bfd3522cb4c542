@ Option-byte load on STM32WB and WL: as on L4, but the flash registers lie at 0x58004000 (RM0434, RM0471, RM0453).
    .include "program.inc"

    program_begin
    ldr     r0, =0x58004000
    unlock  0x14, 31, 0x08, 0x45670123, 0xCDEF89AB
    unlock  0x14, 30, 0x0C, 0x08192A3B, 0x4C5D6E7F
    set_bit 0x14, 27
    system_reset
