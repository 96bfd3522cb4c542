export const HELP = `Usage: stm32flash [options] DEVICE

Takes the options of stm32flash 0.7. DEVICE is a serial port (/dev/ttyS1) or an
I2C bus (/dev/i2c-1, with -a). Where bootlace decides otherwise than 0.7 does:
docs/stm32flash.md.

What to do (one of these; none: say what chip answers):
  -r FILE     read into FILE, "-" is standard output
  -w FILE     write FILE, "-" is standard input; always verified
  -o          erase
  -C          CRC of the flash, or of what -S, -s and -e name
  -u          lift write protection; the chip restarts
  -j          set readout protection; the chip restarts
  -k          lift readout protection: erases everything; the chip restarts

Where:
  -S ADDRESS[:LENGTH]  instead of the whole flash, or of where the file says
  -s PAGE     from this page of the flash on
  -e COUNT    that many pages; with -w, 0: do not erase

How:
  -v          verify after writing
  -f          take the file of -w as raw bytes, whatever is in it
  -n COUNT    most tries after a failed one in a row, default 10
  -g ADDRESS  then start the program there, 0: start of flash
  -R          then reset the chip

The way to the chip:
  -a ADDRESS  7-bit I2C address, 0x56
  -b RATE     baud, default 57600
  -m MODE     8e1 (default), 8n1, ...
  -c          the rate is known to the chip: do not send the first byte again
  -F RX[:TX]  longest frames, in bytes
  -i [ENTRY][:[EXIT]]  move BOOT0 and NRST: signals are GPIO numbers, rts, dtr,
              brk, with "-" low; "," between them waits 100 ms, "&" does not
  -h          this help

Examples:
  stm32flash -w blink.hex -v -g 0 /dev/ttyS1
  stm32flash -a 0x56 -r backup.bin /dev/i2c-1
  stm32flash -i 'dtr,-rts,rts:-dtr,-rts,rts' -w blink.bin /dev/ttyUSB0

\`bootlace write\` does more: it writes only what differs and keeps what else is
in a page.
`;
