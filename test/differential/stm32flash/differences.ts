/**
 * Everything in which the drop-in differs from stm32flash 0.7 on purpose. docs/stm32flash.md has the same list, word for word; a test
 * compares the two, and looks that each difference occurs and no other does.
 */
import type { Outcome } from "./rig.js";

export interface Difference {
  /** What 0.7 does. */
  readonly theirs: string;
  readonly here: string;
  readonly why: string;
}

export const DIFFERENCES = {
  "too-large": {
    theirs: "writes the part of a file that fits, whatever it has erased for it, and exits with 0.",
    here: "refused before anything is erased.",
    why: "a success that leaves half a firmware in the chip is the worst there is. A length with -S still cuts a file, because that is asked for; a warning says how much is left out.",
  },
  "empty-files": {
    theirs:
      "takes an empty file, or an empty pipe, as no size given: it erases the whole flash, writes nothing and exits with 0.",
    here: "refused before a port is opened.",
    why: "an empty file is a build or a download that failed.",
  },
  "damaged-files": {
    theirs:
      "writes an Intel HEX file with a wrong checksum or a line that is no record as a text, and takes one without its end record as complete; exits with 0.",
    here: "refused, with the line that is wrong. -f writes any file as it is.",
    why: "text in the place of a firmware does not start.",
  },
  "other-formats": {
    theirs:
      "writes S-record, ELF and UF2 files, and Intel HEX that comes through a pipe, as text or raw bytes.",
    here: "read as what they are. -f writes them as they are.",
    why: "none of them can be a firmware in raw form: their first four bytes are no initial stack pointer.",
  },
  "record-order": {
    theirs:
      "takes an Intel HEX file whose addresses go back as 4 GiB long, erases a page, writes nothing of it or not all, and exits with 0.",
    here: "records may come in any order.",
    why: "the format allows it.",
  },
  gaps: {
    theirs:
      "erases all pages between the first and the last byte of an Intel HEX file, also those of which the file says nothing.",
    here: "pages that the file does not touch are left alone.",
    why: "settings and keys of a device live in such pages.",
  },
  "partly-covered-pages": {
    theirs: "erases every page that is touched, and loses what else is in it.",
    here: "what lies before the first byte in its page is read and put back; with a length in -S also what lies behind. Without a length what lies behind is erased, as in 0.7.",
    why: "the command line names where to write; what lies outside was not meant.",
  },
  "page-offset": {
    theirs: "with -s and a file from disk writes at the start of flash all the same (but not with -w -).",
    here: "writes at that page, as the manual says. A page that is not there is refused, and so is a file that names another address.",
    why: "0.7 overwrites what -s was meant to spare, a boot loader for instance.",
  },
  "always-verified": {
    theirs:
      "without -v believes each acknowledge; -o believes always. Bootloaders acknowledge writes and erases of protected pages, and what the flash controller refused.",
    here: "everything written or erased is looked at, by the chip's checksum where it has one; pages that are wrong are erased and written again.",
    why: "an acknowledge is no proof (AN3155, AN4221: Write Memory reports no errors of the flash).",
  },
  "failed-blocks": {
    theirs:
      "gives up at a block that is refused once; a block that reads back wrong is written again over itself, up to -n times.",
    here: "the chip is brought back to a command boundary, the page is erased and written again. -n limits the tries in a row; bootlace has limits of its own below 10.",
    why: "flash with error correction cannot be written over, and on other flash old and new bits mix.",
  },
  "write-without-erase": {
    theirs: "-e 0 on flash that is not erased: stops at the first block that reads back wrong.",
    here: "writes all, the first block last, then compares and fails.",
    why: "a chip that is interrupted must not start half a program.",
  },
  "short-frames": {
    theirs: "-F with a TX length below 18 writes 4, 8 or 12 bytes at a time.",
    here: "refused for -w; the least block has 16 bytes.",
    why: "most families acknowledge writes shorter than their flash word and store nothing. No adapter takes so little.",
  },
  "unknown-options": {
    theirs:
      "prints a message about an unknown option or a missing argument, goes on without it and exits with 0.",
    here: "refused.",
    why: "a misspelt -w that writes nothing must not look like success.",
  },
  "unused-options": {
    theirs:
      "takes no notice of options that mean nothing to the port or to what is done: -b, -m and -c on I2C, -a on a serial port, -f without -w, -S, -s, -e and -n with -u, -j or -k, -R beside -g.",
    here: "refused.",
    why: "an option that is given is meant; one that does nothing is a slip.",
  },
  "bad-numbers": {
    theirs:
      "reads what is no number as 0, and ignores what follows a number: -e x does not erase, -g x starts the flash.",
    here: "refused.",
    why: "a variable that was empty or misspelt must not start or erase something.",
  },
  "odd-rates": {
    theirs: "lists rates that Linux has no name for, 128000 for instance, and cannot set them.",
    here: "set where the driver can.",
    why: "they work.",
  },
  "erase-zero": {
    theirs: "-o -e 0 erases the whole flash.",
    here: "erases nothing and exits with 0.",
    why: 'the manual: "With -e 0 the flash would not be erased".',
  },
  "flash-size": {
    theirs:
      "takes every chip for the largest member of its product ID: reading or summing a smaller one fails at its end.",
    here: "the size is read from the chip.",
    why: "the chip knows it.",
  },
  "newer-chips": {
    theirs: "fails at chips that its table does not have, and at commands that it does not know.",
    here: "all chips of bootlace's table work.",
    why: "nothing depends on the failure.",
  },
  "crc-on-uart": {
    theirs: "-C over UART sends Get Checksum as I2C has it, and the chip does not understand it.",
    here: "sent as AN3155 has it.",
    why: "-C is asked for.",
  },
  "crc-elsewhere": {
    theirs:
      "-C outside the flash fails where the chip has Get Checksum, which knows flash only, and works where it has not.",
    here: "works: the memory is read and summed.",
    why: "the same command should not depend on the chip's version.",
  },
  "option-bytes": {
    theirs: "-v after writing option bytes always fails, because the chip restarts.",
    here: "the chip is met again after its restart and looked at.",
    why: "-v is asked for. Without -v they are written and not looked at, as in 0.7.",
  },
  "failed-reads": {
    theirs: "-r leaves a file with what was read before the failure, or an empty one.",
    here: "the file is written when everything was read twice, or confirmed by the chip's checksum. A failure leaves no file, and an old one as it was.",
    why: "a part of a backup looks like a backup.",
  },
  "go-refused": {
    theirs: "exits with 0 when the chip refuses to start the program of -g.",
    here: "exits with 1.",
    why: "the program does not run.",
  },
  "go-blank": {
    theirs:
      "-g into blank flash, or at data without a reset vector, is acknowledged by the chip and exits with 0.",
    here: "refused, status 1.",
    why: "there is no program; a core that starts there locks up.",
  },
  "go-after-restart": {
    theirs: "-g with -u, -j or -k fails, because the chip restarts, and exits with 0.",
    here: "the chip is met again after its restart and the program started; where that fails the status is 1.",
    why: "-g is asked for.",
  },
  "reset-room": {
    theirs: "-R fails on chips whose bootloader uses more RAM than its table says, STM32G07x for instance.",
    here: "works.",
    why: "AN2606 rev 70 says where there is room.",
  },
  "reset-after-failure": {
    theirs: "-R resets the chip also when the work before it failed.",
    here: "the chip stays in its bootloader. An exit part of -i is run all the same, as in 0.7.",
    why: "the same command can be run again, without hands on BOOT0.",
  },
  "empty-halves": {
    theirs: "-i with an empty entry part (':rts') or an empty exit part ('rts:') fails.",
    here: "works.",
    why: "the manual: GPIO_string = [entry sequence][:[exit sequence]].",
  },
  "signals-on-i2c": {
    theirs: "rts, dtr and brk in -i do nothing on an I2C bus and count as done.",
    here: "refused; GPIO numbers work.",
    why: "a reset that did not happen must not look like one.",
  },
  "break-on-pty": {
    theirs: "brk in -i works on a pseudo-terminal, where it does nothing.",
    here: "fails there: BREAK is set together with RTS and DTR, which a pseudo-terminal does not have. It works on serial ports.",
    why: "no chip is reset through a pseudo-terminal.",
  },
} as const satisfies Readonly<Record<string, Difference>>;

export type DifferenceKey = keyof typeof DIFFERENCES;

/** Which difference a case shows, and in what. */
export type Differing = readonly [DifferenceKey, ...(keyof Outcome)[]];
