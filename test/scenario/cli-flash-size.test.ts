/** A chip whose flash size register says nothing, with the real command: every job says so. */
import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { noise } from "../support/sim-target.js";
import { bootlace, scratchFolder } from "./cli-process.js";

const scratch = scratchFolder();
const IMAGE = scratch("a.bin");
writeFileSync(IMAGE, noise(3000, 1, 0x0800_0000));

const PORT = "sim:stm32g071?flash=64&quirks=sizeRegisterKiB:65535";
const TOLD = "Its flash size register is blank (0xFFFF): 128 KiB is assumed";

it.each([
  ["info"],
  ["write", IMAGE],
  ["sync", IMAGE],
  ["verify", IMAGE],
  ["read", scratch("out.bin"), "--range", "0x08000000:64"],
  ["checksum", "--range", "0x08000000:64"],
  ["erase", "--range", "0x08000000:2k"],
])("%s tells it, and how to give the size", async (verb, ...rest) => {
  const { stdout, stderr } = await bootlace([verb, ...rest, "--port", PORT]);
  const text = (stdout + stderr).replace(/\s+/g, " ");
  expect(text).toContain(TOLD);
  expect(text).toContain("--flash-size gives the size.");
});

it("a job on several targets tells it too", async () => {
  const ports = ["--port", PORT, "--port", "sim:stm32g071"];
  const { stderr } = await bootlace(["write", IMAGE, ...ports]);
  expect(stderr.replace(/\s+/g, " ")).toContain(TOLD);
});
