/** Signatures made by Debian's minisign, signify and openssl, and what the command makes of them. They are the judges: what they refuse must not be taken. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signatureCheck } from "../../src/cli/signature.js";
import { connect } from "../../src/flash/connect.js";
import { cli } from "../unit/cli/fake-io.js";

const has = (tool: string): boolean => spawnSync(tool, ["-h"]).error === undefined;
const folder = mkdtempSync(join(tmpdir(), "bootlace-signed-"));
const path = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const VECTORS = [0, 0x20, 0, 0x20, 9, 0, 0, 8];
const FIRMWARE = Uint8Array.from({ length: 4096 }, (_, i) => VECTORS[i] ?? i & 0xff);

/** @returns whether it ended well */
function tool(name: string, ...words: readonly string[]): boolean {
  return spawnSync(name, words, { cwd: folder, input: "\n\n" }).status === 0;
}

function must(name: string, ...words: readonly string[]): void {
  expect(tool(name, ...words), `${name} ${words.join(" ")}`).toBe(true);
}

const SIM = "sim:stm32g071";
async function bootlace(
  verb: string,
  ...words: readonly string[]
): Promise<{ status: number; said: string }> {
  const { status, stderr, stdout } = await cli([verb, ...words, "--port", SIM], { connect });
  return { status, said: stdout + stderr };
}
/** Without a connection: the test breaks when a port is opened. */
async function refused(...words: readonly string[]): Promise<{ status: number; said: string }> {
  const { status, stderr } = await cli(["write", ...words, "--port", SIM]);
  return { status, said: stderr };
}

beforeAll(() => {
  writeFileSync(path("app.bin"), FIRMWARE);
  mkdirSync(path("keys"));
});

describe.skipIf(!has("minisign"))("minisign (apt install minisign)", () => {
  const comment = "version=1.4.0 chip=stm32g071";
  beforeAll(() => {
    must("minisign", "-G", "-W", "-f", "-p", "keys/release.pub", "-s", "release.key");
    must("minisign", "-G", "-W", "-f", "-p", "stranger.pub", "-s", "stranger.key");
    must("minisign", "-S", "-s", "release.key", "-m", "app.bin", "-t", comment);
  });

  it.each(["write", "sync", "verify"])("%s takes what the release key signed, and says so", async (verb) => {
    const { status, said } = await bootlace(verb, path("app.bin"), "--require-signature", path("keys"));
    expect(said).toMatch(/Note +.*app\.bin is signed by the key [0-9A-F]{16}, version 1\.4\.0/);
    expect(status).toBe(verb === "verify" ? 51 : 0); // the chip is blank
  });

  it("--json has the key, the version and the chip", async () => {
    const { said } = await bootlace("write", path("app.bin"), "--require-signature", path("keys"), "--json", "--quiet"); // prettier-ignore
    const [signed] = (JSON.parse(said) as { signed: object[] }).signed;
    expect(signed).toMatchObject({ version: "1.4.0", chip: "stm32g071" });
  });

  it("another key does not count, and no port is opened", async () => {
    const { status, said } = await refused(path("app.bin"), "--require-signature", path("stranger.pub"));
    expect(status).toBe(46);
    expect(said).toMatch(/signed with the key [0-9A-F]{16}, which is none of [0-9A-F]{16}/);
    expect(said).toContain("no port was opened");
  });

  it("an older version is refused with a status of its own", async () => {
    const words = ["--require-signature", path("keys"), "--min-version"];
    expect(await refused(path("app.bin"), ...words, "1.4.1")).toMatchObject({ status: 47 });
    expect(await bootlace("write", path("app.bin"), ...words, "1.4.0")).toMatchObject({ status: 0 });
  });

  it("firmware that was signed for another chip is not written to this one", async () => {
    writeFileSync(path("other.bin"), FIRMWARE);
    must("minisign", "-S", "-s", "release.key", "-m", "other.bin", "-t", "chip=stm32f407");
    const { status, said } = await bootlace("write", path("other.bin"), "--require-signature", path("keys"));
    expect(status).toBe(31);
    expect(said).toMatch(/other\.bin was signed for stm32f407, and this is STM32G0/);
    expect(said).not.toMatch(/Erase/);
  });

  it("the legacy form is taken too", async () => {
    writeFileSync(path("legacy.bin"), FIRMWARE);
    must("minisign", "-S", "-l", "-s", "release.key", "-m", "legacy.bin");
    const words = [path("legacy.bin"), "--require-signature", path("keys")];
    expect(await bootlace("write", ...words)).toMatchObject({ status: 0 });
  });

  it("what minisign refuses is refused: each byte of firmware's first 64 and of the signature changed once", async () => {
    const signature = readFileSync(path("app.bin.minisig"));
    const release = ["-p", "keys/release.pub"] as const;
    let both = 0;
    const judge = async (name: string, bytes: Buffer | Uint8Array, changed: string) => {
      writeFileSync(path("judged.bin"), name === "firmware" ? bytes : FIRMWARE);
      writeFileSync(path("judged.bin.minisig"), name === "signature" ? bytes : signature);
      const theirs = tool("minisign", "-V", "-q", ...release, "-m", "judged.bin");
      const ours = (await refusedOrTaken(path("judged.bin"))) === "taken";
      if (ours) expect(theirs, changed).toBe(true);
      if (!ours && !theirs) both++;
    };
    for (let at = 0; at < 64; at += 7) await judge("firmware", changedAt(FIRMWARE, at), `firmware ${at}`);
    for (let at = 0; at < signature.length; at += 5)
      await judge("signature", changedAt(signature, at), `signature ${at}`);
    expect(both).toBeGreaterThan(40);
  });

  it("a folder of keys makes signatures required, and a folder without keys lets nothing through", async () => {
    const check = await signatureCheck(1, {}, path("keys"));
    expect(() => check!.check(FIRMWARE, path("unsigned.bin"))).toThrow(/there is no signature beside it/);
    mkdirSync(path("empty"));
    await expect(signatureCheck(1, {}, path("empty"))).rejects.toThrow(/no key in this folder/);
    expect(await signatureCheck(1, {}, path("nowhere"))).toBeUndefined();
  });

  it("a key file that every user may change is told", async () => {
    chmodSync(path("stranger.pub"), 0o666);
    const check = await signatureCheck(1, { requireSignature: [path("stranger.pub")] });
    expect(check!.warnings).toEqual([`${path("stranger.pub")} can be changed by every user of this machine`]);
  });

  it("the bytes that were verified are the bytes that are written", async () => {
    // The file is another one as soon as its signature was looked at.
    writeFileSync(path("swapped.bin"), FIRMWARE);
    must("minisign", "-S", "-s", "release.key", "-m", "swapped.bin");
    const { loadImage } = await import("../../src/image/load.js");
    const signatures = await signatureCheck(1, { requireSignature: [path("keys")] });
    const image = await loadImage(path("swapped.bin"), {
      base: 0x0800_0000,
      check: (bytes, file) => {
        signatures!.check(bytes, file);
        writeFileSync(path("swapped.bin"), new Uint8Array(4096).fill(0x66));
      },
    });
    expect(Buffer.from(image.segments[0]!.bytes)).toEqual(Buffer.from(FIRMWARE));
  });
});

describe.skipIf(!has("minisign"))("options of signatures (apt install minisign)", () => {
  it.each([
    [["--signature", "x"], /--signature and --min-version have no meaning without keys/],
    [["--min-version", "1.0"], /have no meaning without keys/],
  ])("%j without keys is refused", async (words, why) => {
    const { status, said } = await refused(path("app.bin"), ...words);
    expect({ status, told: why.test(said) }).toEqual({ status: 2, told: true });
  });

  it("a key or a signature that cannot be read says which", async () => {
    expect((await refused(path("app.bin"), "--require-signature", "/nowhere.pub")).said).toMatch(/cannot read \/nowhere\.pub: no such file or directory \(ENOENT\)/);
    const words = ["--require-signature", path("keys"), "--signature", "/nowhere.sig"];
    expect((await refused(path("app.bin"), ...words)).said).toMatch(/cannot read \/nowhere\.sig/);
  }); // prettier-ignore
});

describe.skipIf(!has("openssl"))("openssl (apt install openssl)", () => {
  it("its raw Ed25519 signature in FILE.sig is taken, and not that of another file", async () => {
    must("openssl", "genpkey", "-algorithm", "ed25519", "-out", "raw.key");
    must("openssl", "pkey", "-in", "raw.key", "-pubout", "-out", "raw.pem");
    writeFileSync(path("raw.bin"), FIRMWARE);
    must(
      "openssl",
      "pkeyutl",
      "-sign",
      "-inkey",
      "raw.key",
      "-rawin",
      "-in",
      "raw.bin",
      "-out",
      "raw.bin.sig",
    );
    const words = [path("raw.bin"), "--require-signature", path("raw.pem")];
    expect(await bootlace("write", ...words)).toMatchObject({ status: 0 });
    writeFileSync(path("raw.bin"), changedAt(FIRMWARE, 100));
    expect(await refused(...words)).toMatchObject({ status: 46 });
  });
});

describe.skipIf(!has("signify-openbsd"))("signify (apt install signify-openbsd)", () => {
  it("its signature in FILE.sig is taken, and not that of another file", async () => {
    must("signify-openbsd", "-G", "-n", "-p", "signify.pub", "-s", "signify.sec");
    writeFileSync(path("bsd.bin"), FIRMWARE);
    must("signify-openbsd", "-S", "-s", "signify.sec", "-m", "bsd.bin", "-x", "bsd.bin.sig");
    const words = [path("bsd.bin"), "--require-signature", path("signify.pub")];
    expect(await bootlace("write", ...words)).toMatchObject({ status: 0 });
    writeFileSync(path("bsd.bin"), changedAt(FIRMWARE, 100));
    expect(await refused(...words)).toMatchObject({ status: 46 });
  });
});

async function refusedOrTaken(file: string): Promise<string> {
  const signatures = await signatureCheck(1, { requireSignature: [path("keys")] });
  try {
    signatures!.check(new Uint8Array(readFileSync(file)), file);
    return "taken";
  } catch (error) {
    return (error as Error).message;
  }
}

function changedAt(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at]! ^= 1;
  return changed;
}
