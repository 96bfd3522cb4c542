@ Clears the EMPTY flag of STM32WB and WL, then resets: as on G0, but the flash registers lie at 0x58004000 (RM0434, RM0453).
    .include "program.inc"

    program_begin
    ldr     r0, =0x58004000
    ldr     r1, [r0]
    movs    r2, #1
    lsls    r2, r2, #16
    bics    r1, r2
    str     r1, [r0]
    system_reset
