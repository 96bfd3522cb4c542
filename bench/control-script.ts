/** Files for bench/native/floor.c. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../test/fake-i2c-dev/build.js";
import { firmware } from "./bus-run.js";
import { type Session, type SessionOptions, writeSession } from "./frames.js";

/** @returns path of the script, overwritten by the next call */
export function writeScript({ script }: Session): string {
  const file = join(cacheFolder(), `control-${process.pid}.txt`);
  writeFileSync(file, script);
  return file;
}

const NO_TIME = { programMs: 0, pageEraseMs: 0, massEraseMs: 0, checksumMsPerKiB: 0 };

/** Writes of `blocks` blocks to a chip that takes no time. */
export function writeControlScript(blocks: number): { script: string; frames: number } {
  const options: SessionOptions = {
    image: firmware(blocks * 256, 1),
    address: 0x0800_0000,
    pages: [],
    whole: false,
    version: 0x12,
    times: NO_TIME,
  };
  const session = writeSession(options);
  return { script: writeScript(session), frames: session.frames };
}
