@ System reset: the chip starts as after a pulse on NRST.
    .include "program.inc"

    program_begin
    system_reset
