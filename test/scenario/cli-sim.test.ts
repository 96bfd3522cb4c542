/** What a user sees without hardware: the real command on simulated chips. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bootlace, FIRMWARE, jsonLines, lastLine, lines, scratchFolder, shell } from "./cli-process.js";

const scratch = scratchFolder();
const chipFile = (name: string): string => `sim:stm32g071?file=${scratch(name)}`;

/** 10 000 bytes that begin like firmware for a G071: stack pointer in RAM, reset vector inside. */
function firmware(seed: number): Uint8Array {
  const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => (i * 7 + (i >> 8) + seed) & 0xff);
  new DataView(bytes.buffer).setUint32(0, 0x2000_2000, true);
  new DataView(bytes.buffer).setUint32(4, 0x0800_0101, true);
  return bytes;
}

function binFile(name: string, bytes: Uint8Array): string {
  writeFileSync(scratch(name), bytes);
  return scratch(name);
}

describe("write", () => {
  it("writes the example, says so in one last line, and the second time finds it there", async () => {
    const port = chipFile("twice");
    const first = await bootlace(["write", FIRMWARE, "--port", port]);
    expect(first.stdout).toBe("");
    expect(lastLine(first.stderr)).toMatch(/^OK {2}30\.8 KiB written and verified \(checksum\), \d+\.\d s$/);
    const second = await bootlace(["write", FIRMWARE, "--port", port]);
    expect(lastLine(second.stderr)).toMatch(
      /^OK {2}already current \(checksum\), nothing erased or written, /,
    );
    expect([first.status, second.status]).toEqual([0, 0]);
  });

  it("what is read back is what was in the file", async () => {
    const port = chipFile("back");
    const image = binFile("back.bin", firmware(1));
    expect((await bootlace(["write", image, "--port", port])).status).toBe(0);
    expect(
      (await bootlace(["read", scratch("out.bin"), "--range", "0x08000000:10000", "--port", port])).status,
    ).toBe(0);
    expect(readFileSync(scratch("out.bin"))).toEqual(readFileSync(image));
    expect((await bootlace(["verify", image, "--port", port])).status).toBe(0);
  });

  it("what lies outside the image survives, also with --full", async () => {
    const port = chipFile("outside");
    const image = binFile("outside.bin", firmware(2));
    const other = binFile(
      "other.bin",
      Uint8Array.from({ length: 300 }, (_, i) => i & 0xff),
    );
    const far = ["--base", "0x08010010", "--no-check", "--port", port];
    expect((await bootlace(["write", other, ...far])).status).toBe(0);
    expect((await bootlace(["write", image, "--full", "--port", port])).status).toBe(0);
    expect((await bootlace(["verify", other, "--base", "0x08010010", "--port", port])).status).toBe(0);
    // In a page that the image covers in part:
    expect(
      (await bootlace(["write", other, "--base", "0x08002780", "--no-check", "--port", port])).status,
    ).toBe(0);
    const again = await bootlace(["write", binFile("outside2.bin", firmware(3)), "--port", port]);
    expect(again.status).toBe(0);
    expect((await bootlace(["verify", other, "--base", "0x08002780", "--port", port])).status).toBe(0);
  });

  it("--dry-run shows the plan and changes nothing", async () => {
    const port = chipFile("dry");
    await bootlace(["write", binFile("dry.bin", firmware(4)), "--port", port]);
    const plan = await bootlace(["write", binFile("dry2.bin", firmware(5)), "--port", port, "--dry-run"]);
    expect(lines(plan.stdout)[0]).toMatch(/^0x08000000 {2}W+\.+$/);
    expect(lines(plan.stdout)).toContain("page  address     size   action           outside the image");
    expect(plan.stdout).toContain("0-3   0x08000000  8 KiB  erase and write");
    expect(lastLine(plan.stderr)).toMatch(/^OK {2}planned only, the flash was not touched, /);
    expect((await bootlace(["verify", scratch("dry.bin"), "--port", port])).status).toBe(0);
  });

  it("reads the image from standard input", async () => {
    const { status } = await shell(`$BOOTLACE write - --port sim:stm32g071 --quiet < ${FIRMWARE}`);
    expect(status).toBe(0);
  });

  it("sync exits with 0 both ways and says which", async () => {
    const port = chipFile("sync");
    const first = await bootlace(["sync", FIRMWARE, "--port", port]);
    const second = await bootlace(["sync", FIRMWARE, "--port", port]);
    expect(lastLine(first.stderr)).toMatch(/^OK {2}30\.8 KiB written and verified/);
    expect(lastLine(second.stderr)).toMatch(/^OK {2}already current/);
    expect([first.status, second.status]).toEqual([0, 0]);
  });

  it("takes port from the environment", async () => {
    const { status } = await bootlace(["write", FIRMWARE, "-q"], { BOOTLACE_PORT: "sim:stm32g071" });
    expect(status).toBe(0);
  });
});

describe("refusals name the place, say what to try, and end with FAILED", () => {
  it("a truncated HEX file: line number, status 40", async () => {
    const text = readFileSync(FIRMWARE, "utf8").split("\n").slice(0, 100).join("\n");
    writeFileSync(scratch("cut.hex"), `${text}\n`);
    const { status, stderr } = await bootlace(["write", scratch("cut.hex"), "--port", "sim:stm32g071"]);
    expect(lines(stderr)).toEqual([
      `error: ${scratch("cut.hex")}, line 101: the file ends without an end-of-file record (type 01): it was cut short. [IMAGE_INVALID]`,
      "  try:     Build or download the file again.",
      "FAILED  write: IMAGE_INVALID, exit status 40",
    ]);
    expect(status).toBe(40);
  });

  it("a line with a wrong checksum", async () => {
    writeFileSync(scratch("bad.hex"), ":0400000001020304F3\n:00000001FF\n");
    const { status, stderr } = await bootlace(["image", "info", scratch("bad.hex")]);
    expect(lines(stderr)[0]).toContain(`error: ${scratch("bad.hex")}, line 1`);
    expect(status).toBe(40);
  });

  it("an image too large: first address outside, status 41, the flash untouched", async () => {
    const large = binFile("large.bin", new Uint8Array(132 * 1024).fill(1));
    const raw = ["--format", "bin", "--port", "sim:stm32g071"];
    const { status, stderr } = await bootlace(["write", large, ...raw]);
    expect(stderr).toContain(
      "0x08020000 to 0x08020FFF (4096 bytes) is outside the flash of STM32G07xxx/08xxx",
    );
    expect(stderr).toContain("  chip:    the flash was not changed; the chip is still in its bootloader\n");
    expect(lastLine(stderr)).toBe("FAILED  at write: IMAGE_OUTSIDE, exit status 41");
    expect(status).toBe(41);
  });

  it("a readout-protected chip: status 22, and the way out", async () => {
    const { status, stderr } = await bootlace(["write", FIRMWARE, "--port", "sim:stm32g071?rdp=1"]);
    expect(stderr).toContain("is readout-protected");
    expect(stderr).toContain(
      "`bootlace unprotect readout --yes-erase-everything` lifts readout protection and erases the whole chip; `bootlace write FILE --unprotect --yes-erase-everything` does that and writes.",
    );
    expect(lastLine(stderr)).toBe("FAILED  at write: PROTECTED, exit status 22");
    expect(status).toBe(22);
  });

  it("another chip than expected: status 31", async () => {
    const { status, stderr } = await bootlace([
      "write",
      FIRMWARE,
      "--port",
      "sim:stm32g071",
      "--chip",
      "stm32f407",
    ]);
    expect(lastLine(stderr)).toBe("FAILED  at connect: WRONG_CHIP, exit status 31");
    expect(status).toBe(31);
  });

  it("an image that is not for this chip: a note, or status 42 with --check refuse", async () => {
    const foreign = binFile("foreign.bin", new Uint8Array(64).fill(0x80));
    const raw = ["--format", "bin", "--port", "sim:stm32g071"];
    const warned = await bootlace(["write", foreign, ...raw]);
    expect(warned.stderr).toMatch(/^Note {6}.*stack pointer/m);
    expect(warned.status).toBe(0);
    const quiet = await bootlace(["write", foreign, ...raw, "--quiet"]);
    expect(lines(quiet.stderr).every((line) => line.startsWith("Note      this may not be firmware"))).toBe(
      true,
    );
    expect(lines(quiet.stderr).length).toBeGreaterThan(0);
    const refused = await bootlace(["write", foreign, ...raw, "--check", "refuse"]);
    expect(lastLine(refused.stderr)).toBe("FAILED  at write: IMAGE_UNLIKELY, exit status 42");
    expect(refused.status).toBe(42);
  });

  it("a file that is not there: status 43", async () => {
    const { status, stderr } = await bootlace(["write", "/nowhere/x.hex", "--port", "sim:stm32g071"]);
    expect(lines(stderr)[0]).toBe(
      "error: cannot read /nowhere/x.hex: no such file or directory (ENOENT). [FILE_FAILED]",
    );
    expect(status).toBe(43);
  });

  it("a chip that no table knows", async () => {
    const { status, stderr } = await bootlace(["info", "--port", "sim:stm32g99"]);
    expect(stderr).toContain('No chip is called "stm32g99"; near to it:');
    expect(status).toBe(30);
  });

  it("an option with a slip of the finger: status 2, nothing done", async () => {
    const { status, stderr } = await bootlace(["write", FIRMWARE, "--prot", "sim:stm32g071"]);
    expect(lines(stderr)).toEqual(["error: unknown option '--prot' (Did you mean --port?). [USAGE]"]);
    expect(status).toBe(2);
  });

  it("a verify that finds something else: status 51 and where", async () => {
    const port = chipFile("different");
    const bytes = firmware(6);
    await bootlace(["write", binFile("v.bin", bytes), "--port", port]);
    bytes[5000]! ^= 1;
    const { status, stderr } = await bootlace(["verify", binFile("v2.bin", bytes), "--port", port]);
    expect(stderr).toMatch(/error: the chip differs from .*v2\.bin at 0x0800/);
    expect(lastLine(stderr)).toBe("FAILED  at verify: DIFFERENT, exit status 51");
    expect(status).toBe(51);
  });
});

describe("the words of a verb", () => {
  it("are the same by --help and by help", async () => {
    const [asked, told] = await Promise.all([bootlace(["write", "--help"]), bootlace(["help", "write"])]);
    expect(asked).toEqual(told);
    expect(asked.stdout).toContain("Usage: bootlace write");
  });

  it("are the same with --trace", async () => {
    const info = ["info", "--json", "--port", "sim:stm32g071"];
    const [quick, whole] = await Promise.all([bootlace(info), bootlace([...info, "--trace"])]);
    expect(quick.stdout).toBe(whole.stdout);
    expect(whole.stderr).not.toBe("");
  });

  it("tell what was meant by a slip", async () => {
    const { status, stderr } = await bootlace(["info", "--prot", "sim:stm32g071"]);
    expect(stderr).toContain("error: unknown option '--prot' (Did you mean --port?). [USAGE]");
    expect(status).toBe(2);
  });
});

describe("standard output", () => {
  it("has data only: read - into a pipe", async () => {
    const { stdout } = await shell(
      `$BOOTLACE read - --range 0x08000000:16 --port sim:stm32g071 --quiet | od -An -tx1`,
    );
    expect(stdout.trim()).toBe(Array(16).fill("ff").join(" "));
  });

  it("may be closed early", async () => {
    const { stderr, stdout } = await shell(
      `$BOOTLACE read - --port sim:stm32g071 --quiet | head -c 4 | od -An -tx1; echo "\${PIPESTATUS[0]}"`,
    );
    expect(lines(stdout)).toEqual([" ff ff ff ff", "0"]);
    expect(stderr).toBe("");
  });

  it("is a failure of the command when the disk is full, and a write goes on", async () => {
    const port = chipFile("full");
    const { stdout, stderr } = await shell(
      `$BOOTLACE info --port sim:stm32g071 > /dev/full; echo "$?"; $BOOTLACE read - --port sim:stm32g071 > /dev/full; echo "$?"; $BOOTLACE write ${FIRMWARE} --port '${port}' 2> /dev/full; echo "$?"`,
    );
    expect(lines(stdout)).toEqual(["43", "43", "0"]);
    expect(stderr).toContain("error: standard output does not take what is written. [FILE_FAILED]\n");
    expect(stderr).toContain("because: ENOSPC");
    expect(stderr).toContain("try:     Make room where it goes to, and run the same command again;");
    expect(stderr).toContain("FAILED  at read: FILE_FAILED, exit status 43\n");
    expect(stderr).not.toContain("OK  ");
    expect((await bootlace(["verify", FIRMWARE, "--port", port])).status).toBe(0);
  });

  it("a write goes on when nobody reads its JSON any more", async () => {
    const port = chipFile("closed");
    const { stdout } = await shell(
      `$BOOTLACE write ${FIRMWARE} --port '${port}' --json | head -n 1 > /dev/null; echo "\${PIPESTATUS[0]}"`,
    );
    expect(stdout).toBe("0\n");
    expect((await bootlace(["verify", FIRMWARE, "--port", port])).status).toBe(0);
  });

  it("info --json is one document", async () => {
    const { stdout, stderr } = await bootlace(["info", "--json", "--port", "sim:stm32g071"]);
    expect(lines(stdout)).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({
      v: 1,
      type: "info",
      productId: 0x460,
      protocol: "1.2",
      flash: { base: 0x0800_0000, size: 131072, pages: 64, pageSizes: [2048] },
      readoutProtected: false,
    });
    expect(stderr).toBe("");
  });

  it("write --json is events, the result last, and nothing on stderr", async () => {
    const { stdout, stderr } = await bootlace(["write", FIRMWARE, "--json", "--port", "sim:stm32g071"]);
    const events = jsonLines(stdout);
    expect(events.every(({ v }) => v === 1)).toBe(true);
    expect(events[0]).toMatchObject({ type: "connected", chip: { productId: 0x460 } });
    expect(events.map(({ type }) => type)).toContain("planned");
    expect(events.at(-1)).toMatchObject({
      type: "result",
      ok: true,
      outcome: "written",
      verifiedBy: "checksum",
    });
    expect(stderr).toBe("");
  });

  it("a failure in JSON has code, message, hint, status and the chip's state", async () => {
    const { stdout, status } = await bootlace(["erase", "--all", "--json", "--port", "sim:stm32g071?rdp=1"]);
    expect(jsonLines(stdout).at(-1)).toMatchObject({
      type: "error",
      ok: false,
      code: "PROTECTED",
      exitStatus: 22,
    });
    expect(status).toBe(22);
  });
});

describe("other verbs", () => {
  it.each([
    ["erase", "--all"],
    ["erase", "--range", "0x08000800:2k"],
    ["checksum"],
    ["protect", "readout"],
    ["protect", "write", "--sectors", "0,1"],
    ["unprotect", "write"],
  ])("%s %s ends with OK", async (...args) => {
    const { status, stderr } = await bootlace([...args, "--port", "sim:stm32g071"]);
    expect(lastLine(stderr)).toMatch(/^OK {2}/);
    expect(status).toBe(0);
  });

  it("unprotect readout has to be said twice", async () => {
    const once = await bootlace(["unprotect", "readout", "--port", "sim:stm32g071?rdp=1"]);
    expect(once.stderr).toContain("pass --yes-erase-everything");
    const twice = await bootlace([
      "unprotect",
      "readout",
      "--yes-erase-everything",
      "--port",
      "sim:stm32g071?rdp=1",
    ]);
    expect([once.status, twice.status]).toEqual([2, 0]);
  });

  it("run starts what was written", async () => {
    const port = chipFile("run");
    await bootlace(["write", FIRMWARE, "--port", port]);
    const { stderr } = await bootlace(["run", "--port", port]);
    expect(lastLine(stderr)).toBe("OK  the chip was told to start the program at 0x08000000");
  });

  it("image convert and image info agree with each other", async () => {
    await bootlace(["image", "convert", FIRMWARE, scratch("blink.srec")]);
    const { stdout } = await bootlace(["image", "info", scratch("blink.srec"), "--json"]);
    const original = await bootlace(["image", "info", FIRMWARE, "--json"]);
    const segments = (text: string): unknown => (JSON.parse(text) as { segments: unknown }).segments;
    expect(segments(stdout)).toEqual(segments(original.stdout));
  });

  it("chips finds by name and by address", async () => {
    expect((await bootlace(["chips", "STM32G071CBT6"])).stdout).toContain("STM32G07xxx/08xxx");
    expect((await bootlace(["chips", "0x56"])).stdout).toContain("STM32G03xxx/04xxx");
    expect((await bootlace(["chips", "nothing"])).status).toBe(30);
  });

  it("several simulated chips at once", async () => {
    const { status, stderr } = await bootlace([
      "write",
      FIRMWARE,
      ...["a", "b", "c"].flatMap((name) => ["--port", chipFile(name)]),
    ]);
    expect(
      lines(stderr).filter((line) => /^OK {2}sim:stm32g071\?file=.*: 30\.8 KiB written/.test(line)),
    ).toHaveLength(3);
    expect(lastLine(stderr)).toBe("OK  write: all 3 targets");
    expect(status).toBe(0);
  });
});
