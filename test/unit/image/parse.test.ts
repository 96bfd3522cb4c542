import { Readable } from "node:stream";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BootlaceError } from "../../../src/errors.js";
import { addressedFormat } from "../../../src/image/detect.js";
import { loadImage } from "../../../src/image/load.js";
import { parseImage } from "../../../src/image/parse.js";
import { ascii, imageOf, parse, plain, rejection } from "./support.js";
import { toyDfuse, toyElf, toyUf2 } from "./toy-files.js";
import { writeHex } from "../../../src/image/write-hex.js";
import { writeSrec } from "../../../src/image/write-srec.js";

const VECTORS = Uint8Array.of(0x00, 0x90, 0x00, 0x20, 0xb9, 0x00, 0x00, 0x08);

describe("the format of a file", () => {
  const image = imageOf([0x0800_0000, VECTORS]);
  it.each<[string, Uint8Array, string | undefined]>([
    ["Intel HEX", ascii(writeHex(image)), "hex"],
    ["Intel HEX after blank lines", ascii(`\r\n  ${writeHex(image)}`), "hex"],
    ["Intel HEX after comments", ascii(`; a\n// b\n# c\n${writeHex(image)}`), "hex"],
    ["Intel HEX after a byte order mark", ascii(`\xef\xbb\xbf${writeHex(image)}`), "hex"],
    ["S-record", ascii(writeSrec(image)), "srec"],
    ["ELF", toyElf([{ physical: 0, bytes: VECTORS }]), "elf"],
    ["UF2", toyUf2([{ address: 0, bytes: VECTORS }]), "uf2"],
    ["DfuSe", toyDfuse([{ elements: [{ address: 0, bytes: VECTORS }] }]), "dfuse"],
    ["a damaged HEX", ascii(":xx"), "hex"],
    ["a HEX damaged by zeros further on", ascii(`${writeHex(image).slice(0, 20)}\0\0\0\0\0\0\0\0`), "hex"],
    ["a vector table", VECTORS, undefined],
    ["a binary that begins with ':'", Uint8Array.of(0x3a, 0x10, 0x00, 0x20, 1, 2, 3, 4), undefined],
    ["a binary that begins with 'S1'", Uint8Array.of(0x53, 0x31, 0x00, 0x20, 1, 2, 3, 4), undefined],
    ["a page of text", ascii("<html>\n<body>404 Not Found</body>"), undefined],
    ["nothing", new Uint8Array(0), undefined],
  ])("is found in its content: %s", (_, bytes, format) => {
    expect(addressedFormat(bytes)).toBe(format);
  });
});

describe("a raw binary", () => {
  it("lies at the base that was given", () => {
    const image = parseImage(VECTORS, { file: "fw.bin", base: 0x0800_0000 });
    expect(plain(image)).toEqual([[0x0800_0000, [...VECTORS]]]);
    expect(image.notes.placeOf!(0x0800_0004)).toEqual({ offset: 4 });
  });

  it("is refused without a base, with a hint that names the option", () => {
    const error = rejection(() => parse(VECTORS));
    expect(error.message).toBe("fw, offset 0x00000000: a raw binary names no address, so it needs one");
    expect(error.commandHint).toContain("--base");
  });

  it.each([
    [-1, 'the option "base" is a whole number from 0 to 4294967295, not -1'],
    [2 ** 32, 'the option "base" is a whole number from 0 to 4294967295, not 4294967296'],
    [
      0xffff_fffc,
      "fw, offset 0x00000000: the data at 0xFFFFFFFC runs past the 4 GiB that 32-bit addresses reach",
    ],
  ])("is refused at %d", (base, message) => {
    expect(rejection(() => parseImage(VECTORS, { file: "fw", base })).message).toBe(message);
  });

  it("does not change with the bytes that it was read from", () => {
    const bytes = VECTORS.slice();
    const image = parseImage(bytes, { file: "fw", base: 0 });
    bytes.fill(0);
    expect(plain(image)).toEqual([[0, [...VECTORS]]]);
  });
});

describe("a base", () => {
  it.each<[string, Uint8Array]>([
    ["Intel HEX", ascii(writeHex(imageOf([0x0800_0000, VECTORS])))],
    ["S-record", ascii(writeSrec(imageOf([0x0800_0000, VECTORS])))],
    ["ELF", toyElf([{ physical: 0x0800_0000, bytes: VECTORS }])],
    ["UF2", toyUf2([{ address: 0x0800_0000, bytes: VECTORS }])],
    ["DfuSe", toyDfuse([{ elements: [{ address: 0x0800_0000, bytes: VECTORS }] }])],
  ])("is refused with a file that names its addresses: %s", (_, bytes) => {
    const error = rejection(() => parseImage(bytes, { file: "fw", base: 0x0800_4000 }));
    expect(error.code).toBe("USAGE");
    expect(error.message).toBe("fw names its own addresses: the base 0x08004000 has no meaning with it");
    expect(error.commandHint).toContain("--offset");
    expect(parseImage(bytes, { file: "fw", defaultBase: 0x0800_4000 }).start).toBe(0x0800_0000);
  });
});

describe("a limit on size", () => {
  const options = { file: "fw", defaultBase: 0, maxBytes: 7 };
  it.each<[string, Uint8Array, string]>([
    ["bin", VECTORS, "fw, offset 0x00000007"],
    ["hex", ascii(writeHex(imageOf([0, VECTORS]), { bytesPerLine: 4 })), "fw, line 2"],
    ["srec", ascii(writeSrec(imageOf([0, VECTORS]), { bytesPerLine: 4 })), "fw, line 3"],
    ["elf", toyElf([{ physical: 0, bytes: VECTORS }]), "fw, offset 0x00000054"],
    ["uf2", toyUf2([{ address: 0, bytes: VECTORS }]), "fw, offset 0x00000020"],
    ["dfuse", toyDfuse([{ elements: [{ address: 0, bytes: VECTORS }] }]), "fw, offset 0x00000125"],
  ])("holds for %s", (_, bytes, place) => {
    expect(rejection(() => parseImage(bytes, options)).message).toBe(
      `${place}: the image is larger than 7 bytes`,
    );
    expect(parseImage(bytes, { ...options, maxBytes: 8 }).byteLength).toBe(8);
  });
});

describe("a raw binary", () => {
  it("is copied, unless the caller gives its bytes away", () => {
    const bytes = VECTORS.slice();
    const options = { file: "app.bin", base: 0 };
    expect(parseImage(bytes, options).segments[0]!.bytes.buffer).not.toBe(bytes.buffer);
    expect(parseImage(bytes, { ...options, owned: true }).segments[0]!.bytes.buffer).toBe(bytes.buffer);
  });
});

describe("loadImage", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bootlace-image-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const failure = async (promise: Promise<unknown>): Promise<BootlaceError> => {
    const error: unknown = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(BootlaceError);
    return error as BootlaceError;
  };

  it("reads a file", async () => {
    const path = join(folder, "fw.hex");
    await writeFile(path, writeHex(imageOf([0x0800_0000, VECTORS])));
    expect(plain(await loadImage(path))).toEqual([[0x0800_0000, [...VECTORS]]]);
  });

  it("reads standard input for -, in whatever pieces it comes", async () => {
    const stdin = Readable.from([...VECTORS].map((byte) => Buffer.of(byte)));
    expect(plain(await loadImage("-", { stdin, base: 0 }))).toEqual([[0, [...VECTORS]]]);
    const error = await failure(loadImage("-", { stdin: Readable.from([]) }));
    expect(error.message).toBe("standard input, offset 0x00000000: the file is empty");
  });

  it("keeps the system's error when the file cannot be read", async () => {
    const path = join(folder, "missing.hex");
    const missing = await failure(loadImage(path));
    expect(missing.code).toBe("FILE_FAILED");
    expect(missing.message).toBe(`cannot read ${path}: no such file or directory (ENOENT)`);
    expect(missing.cause).toMatchObject({ code: "ENOENT", syscall: "open" });
    expect((await failure(loadImage(folder))).message).toBe(
      `cannot read ${folder}: illegal operation on a directory (EISDIR)`,
    );
  });

  it("stops at a limit: a device never ends", async () => {
    const error = await failure(loadImage("/dev/zero", { maxFileBytes: 5 << 20 }));
    expect(error.message).toBe("/dev/zero, offset 0x00500000: the file is larger than 5242880 bytes");
  });
});
