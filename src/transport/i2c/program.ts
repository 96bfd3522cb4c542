/**
 * Lists of steps as one block of bytes, which the addon runs on its own (native/step_program.cpp is the only reader).
 * Little-endian, one step after the other, no padding:
 *
 * | step  | bytes                                                                                                  |
 * |-------|--------------------------------------------------------------------------------------------------------|
 * | write | 1, u16 length, the bytes                                                                               |
 * | read  | 2, u16 length, u16 first byte (0xFFFF: not known), u8 1 where it goes on with a reply; both for SPI     |
 * | poll  | 3, u8 accept, u16 busy (0xFFFF: no busy byte), u32 timeout, u32 first wait, u32 interval, all three in us |
 * | delay | 4, u32 us                                                                                              |
 *
 * Plain shifts instead of a DataView: this is the host's cost per frame.
 */
import { BootlaceError } from "../../errors.js";
import type { PollStep, Step } from "../transport.js";
import type { Length } from "./limits.js";

const WRITE = 1;
const READ = 2;
const POLL = 3;
const DELAY = 4;

const WRITE_HEAD_BYTES = 3;
const READ_BYTES = 6;
const POLL_BYTES = 16;
const DELAY_BYTES = 5;

/** PollStep.intervalMs when it is not given. */
const DEFAULT_INTERVAL_MS = 1;
const NO_BUSY = 0xffff;
const UNKNOWN = 0xffff;
const MAX_US = 0xffff_ffff;
/** i2c-dev takes no longer message. */
const MAX_MESSAGE_BYTES = 8192;

/** @throws BootlaceError USAGE when a length or time is out of range: below 0, not a number, a message above 8192 bytes. */
export const encodeSteps = (steps: readonly Step[]): Uint8Array => {
  const program = new Uint8Array(sizeOf(steps));
  let at = 0;
  for (const step of steps) at = putStep(program, at, step);
  return program;
};

/** `reads` as the addon returns it, cut at the step's lengths: views, not copies. */
export const splitReads = (steps: readonly Step[], reads: Uint8Array): Uint8Array[] => {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const step of steps) {
    if (step.kind === "read") parts.push(reads.subarray(at, (at += step.length)));
  }
  return parts;
};

/** Longest clock stretch that the list asks the adapter to survive, 0 when it names none. */
export const longestTimeoutMs = (steps: readonly Step[]): number => {
  let longest = 0;
  for (const step of steps) {
    if (step.kind !== "read" && step.kind !== "poll") continue;
    if (step.timeoutMs !== undefined && step.timeoutMs > longest) longest = step.timeoutMs;
  }
  return longest;
};

/** Bytes of the step's message; a poll reads single ones. */
export const stepLength = (step: Step): Length => {
  if (step.kind === "write") return { written: step.bytes.length };
  return { wanted: step.kind === "read" ? step.length : 0 };
};

const sizeOf = (steps: readonly Step[]): number => {
  let size = 0;
  for (const step of steps) {
    if (step.kind === "write") size += WRITE_HEAD_BYTES + step.bytes.length;
    else if (step.kind === "read") size += READ_BYTES;
    else size += step.kind === "poll" ? POLL_BYTES : DELAY_BYTES;
  }
  return size;
};

const putStep = (program: Uint8Array, at: number, step: Step): number => {
  switch (step.kind) {
    case "write":
      program[at] = WRITE;
      putLength(program, at + 1, step.bytes.length);
      program.set(step.bytes, at + WRITE_HEAD_BYTES);
      return at + WRITE_HEAD_BYTES + step.bytes.length;
    case "read":
      program[at] = READ;
      putLength(program, at + 1, step.length);
      putWord(program, at + 3, step.begins ?? UNKNOWN);
      program[at + 5] = step.continues ? 1 : 0;
      return at + READ_BYTES;
    case "poll":
      return putPoll(program, at, step);
    case "delay":
      program[at] = DELAY;
      putTime(program, at + 1, step.ms);
      return at + DELAY_BYTES;
  }
};

const putPoll = (program: Uint8Array, at: number, step: PollStep): number => {
  const busy = step.busy ?? NO_BUSY;
  program[at] = POLL;
  program[at + 1] = step.accept;
  putWord(program, at + 2, busy);
  putTime(program, at + 4, step.timeoutMs);
  putTime(program, at + 8, step.firstWaitMs ?? 0);
  putTime(program, at + 12, step.intervalMs ?? DEFAULT_INTERVAL_MS);
  return at + POLL_BYTES;
};

const putLength = (program: Uint8Array, at: number, length: number): void => {
  if (!Number.isInteger(length) || length < 0 || length > MAX_MESSAGE_BYTES) {
    throw new BootlaceError("USAGE", `a message of ${length} bytes: i2c-dev takes 0 to ${MAX_MESSAGE_BYTES}`);
  }
  putWord(program, at, length);
};

const putWord = (program: Uint8Array, at: number, value: number): void => {
  program[at] = value;
  program[at + 1] = value >> 8;
};

/** Fractions of a millisecond count; what is longer than 71 minutes is 71 minutes. */
const putTime = (program: Uint8Array, at: number, ms: number): void => {
  if (!(ms >= 0)) throw new BootlaceError("USAGE", `a time of ${ms} ms`);
  const us = Math.min(Math.round(ms * 1000), MAX_US);
  program[at] = us;
  program[at + 1] = us >>> 8;
  program[at + 2] = us >>> 16;
  program[at + 3] = us >>> 24;
};
