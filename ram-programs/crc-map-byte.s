@ CRC map with a table of 256 words: 7.8 cycles a byte, after 17,000 cycles for the table. Pays from half a megabyte on.

    .include "program.inc"
    .include "crc-map.inc"

    crc_map 8
