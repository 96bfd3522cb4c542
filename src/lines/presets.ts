/**
 * Named reset sequences. docs/wiring.md describes each.
 * 10 ms: NRST needs a low pulse of a few hundred ns (data sheets, "NRST pin characteristics"), but boards hang 100 nF and more on it.
 * 50 ms: from reset to a listening bootloader; AN2606's start-up times are below it but for a few USB-capable parts, and entry is retried.
 */
export const PRESETS = {
  /** BOOT0 and NRST on GPIO lines, named in front: `boot0@GPIO17 nrst@GPIO27; gpio`. */
  gpio: "boot0=1 nrst=0 wait=10 nrst=1 wait=50 / boot0=0 nrst=0 wait=10 nrst=1",
  /** NRST only; BOOT0 is strapped high, or the chip's flash is empty. */
  "gpio-nrst": "nrst=0 wait=10 nrst=1 wait=50 / nrst=0 wait=10 nrst=1",
  /** Open drain and pulled up on the board: high is left to the pull-up, and everything floats at the end. */
  "gpio-float": "boot0=1 nrst=0 wait=10 nrst=z wait=50 / boot0=z nrst=0 wait=10 nrst=z",
  /** TTL adapter, RTS wired to BOOT0 and DTR to NRST. Asserted is low on such an adapter's pins. */
  "rts-dtr": "boot0@!rts nrst@!dtr; boot0=1,nrst=0 wait=10 nrst=1 wait=50 / boot0=0,nrst=0 wait=10 nrst=1",
  /** TTL adapter, DTR wired to BOOT0 and RTS to NRST. */
  "dtr-rts": "boot0@!dtr nrst@!rts; boot0=1,nrst=0 wait=10 nrst=1 wait=50 / boot0=0,nrst=0 wait=10 nrst=1",
  /** As rts-dtr, but through inverting transistors: asserted is high at the chip. */
  "rts-dtr-inverted":
    "boot0@rts nrst@dtr; boot0=1,nrst=0 wait=10 nrst=1 wait=50 / boot0=0,nrst=0 wait=10 nrst=1",
  "dtr-rts-inverted":
    "boot0@dtr nrst@rts; boot0=1,nrst=0 wait=10 nrst=1 wait=50 / boot0=0,nrst=0 wait=10 nrst=1",
} as const satisfies Record<string, string>;

/** The sequence that a preset's name stands for. */
export const presetText = (name: string): string | undefined =>
  Object.hasOwn(PRESETS, name) ? PRESETS[name as keyof typeof PRESETS] : undefined;
