@ Clears the EMPTY flag of STM32G0, C0 and U0, then resets.
@ RM0444, RM0454 (G0), RM0490 (C0), flash registers at 0x40022000: ACR +00, EMPTY bit 16, writable by software.
@ Doubtful: U0 (RM0503) was taken to be as C0.
    .include "program.inc"

    program_begin
    ldr     r0, =0x40022000
    ldr     r1, [r0]
    movs    r2, #1
    lsls    r2, r2, #16
    bics    r1, r2
    str     r1, [r0]
    system_reset
