@ Clears the "program empty" flag of STM32L45x, L46x and others of L4, then resets: the flash is started without a power cycle.
@ RM0394, flash registers at 0x40022000: SR +10, PEMPTY bit 17.
@ Doubtful: how writing works. The manuals have it as cleared or toggled by writing 1; should it be an ordinary bit, it is written 0.
    .include "program.inc"

    program_begin
    ldr     r0, =0x40022000
    movs    r2, #1
    lsls    r2, r2, #17
    ldr     r1, [r0, #0x10]
    tst     r1, r2
    beq     3f                      @ not set: writing 1 might set it
    str     r2, [r0, #0x10]
    dsb
    ldr     r1, [r0, #0x10]
    tst     r1, r2
    beq     3f
    movs    r1, #0
    str     r1, [r0, #0x10]
3:  system_reset
