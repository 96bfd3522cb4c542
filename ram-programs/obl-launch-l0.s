@ Option-byte load on STM32L0 (L01x, L02x have the empty check).
@ RM0377, flash registers at 0x40022000: PECR +04 with PELOCK bit 0, OPTLOCK bit 2, OBL_LAUNCH bit 18; PEKEYR +0C, OPTKEYR +14.
@ Doubtful: whether OBL_LAUNCH needs OPTLOCK cleared on every L0; clearing it does no harm.
    .include "program.inc"

    program_begin
    ldr     r0, =0x40022000
    unlock  0x04, 0, 0x0C, 0x89ABCDEF, 0x02030405
    unlock  0x04, 2, 0x14, 0xFBEAD9C8, 0x24252627
    set_bit 0x04, 18
    system_reset
