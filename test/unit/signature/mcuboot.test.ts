/** The layout is written out here from MCUboot's documents; no image of imgtool's was at hand. */
import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkSigned } from "../../../src/signature/check.js";
import { parsePublicKey, type PublicKey } from "../../../src/signature/public-key.js";
import { bytesOf } from "./vectors.js";

interface Tlv {
  readonly type: number;
  readonly data: Uint8Array;
}

const PROGRAM = Uint8Array.from({ length: 100 }, (_, i) => i);
const PROTECTED: readonly Tlv[] = [{ type: 0x50, data: Uint8Array.of(7, 0, 0, 0) }];
const TRAILER = "77c295f360d2ef7f3552500f2cb67980";

function area(magic: number, tlvs: readonly Tlv[]): Buffer {
  const body = Buffer.concat(
    tlvs.flatMap(({ type, data }) => {
      const head = Buffer.alloc(4);
      head.writeUInt16LE(type, 0);
      head.writeUInt16LE(data.length, 2);
      return [head, data];
    }),
  );
  const info = Buffer.alloc(4);
  info.writeUInt16LE(magic, 0);
  info.writeUInt16LE(body.length + 4, 2);
  return Buffer.concat([info, body]);
}

/** Header, program and protected TLVs: what is signed. */
function signedPart({ flags = 0 } = {}): Buffer {
  const protectedArea = area(0x6908, PROTECTED);
  const header = Buffer.alloc(0x200);
  header.writeUInt32LE(0x96f3b83d, 0);
  header.writeUInt16LE(0x200, 8);
  header.writeUInt16LE(protectedArea.length, 10);
  header.writeUInt32LE(PROGRAM.length, 12);
  header.writeUInt32LE(flags, 16);
  header.set([1, 2, 3, 0, 4], 20);
  return Buffer.concat([header, PROGRAM, protectedArea]);
}

const digest = (part: Uint8Array, name = "sha256"): Buffer => createHash(name).update(part).digest();
const image = (part: Uint8Array, ...tlvs: readonly Tlv[]): Uint8Array =>
  new Uint8Array(Buffer.concat([part, area(0x6907, tlvs)]));
const hash = (part: Uint8Array): Tlv => ({ type: 0x10, data: digest(part) });

const keyOf = (key: KeyObject): PublicKey =>
  parsePublicKey(bytesOf(key.export({ format: "pem", type: "spki" }) as string), "k.pem");
const check = (bytes: Uint8Array, ...keys: PublicKey[]) =>
  checkSigned(bytes, { file: "slot.bin", signature: undefined }, { keys });

const ed = generateKeyPairSync("ed25519");
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const part = signedPart();
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

const WAYS: readonly (readonly [string, KeyObject, Uint8Array])[] = [
  ["Ed25519 over the digest", ed.publicKey, image(part, hash(part), { type: 0x24, data: sign(null, digest(part), ed.privateKey) })],
  ["pure Ed25519", ed.publicKey, image(part, { type: 0x12, data: digest(part, "sha512") }, { type: 0x25, data: Uint8Array.of(1) }, { type: 0x24, data: sign(null, part, ed.privateKey) })],
  ["ECDSA P-256", ec.publicKey, image(part, hash(part), { type: 0x22, data: sign("sha256", part, ec.privateKey) })],
  ["ECDSA padded with zeros", ec.publicKey, image(part, hash(part), { type: 0x22, data: Buffer.concat([sign("sha256", part, ec.privateKey), Buffer.alloc(2)]) })],
  ["ECDSA P-384", p384.publicKey, image(part, { type: 0x11, data: digest(part, "sha384") }, { type: 0x22, data: sign("sha384", part, p384.privateKey) })],
  ["RSA-2048", rsa.publicKey, image(part, hash(part), { type: 0x20, data: sign("sha256", part, { key: rsa.privateKey, ...pss }) })],
]; // prettier-ignore

const [, , GOOD] = WAYS[0]!;
const EDKEY = keyOf(ed.publicKey);

describe("an MCUboot image", () => {
  it.each(WAYS)("signed by %s is taken, and its header says the version", (_, key, bytes) => {
    expect(check(bytes, keyOf(key))).toEqual({
      file: "slot.bin",
      key: "k.pem",
      chip: undefined,
      version: "1.2.3+4",
      minVersion: undefined,
    });
  });

  it.each(WAYS)("signed by %s with another key is refused", (_, key, bytes) => {
    const details = key.asymmetricKeyDetails as { namedCurve?: string };
    const other =
      key.asymmetricKeyType === "ed25519"
        ? generateKeyPairSync("ed25519")
        : key.asymmetricKeyType === "rsa"
          ? generateKeyPairSync("rsa", { modulusLength: 2048 })
          : generateKeyPairSync("ec", { namedCurve: details.namedCurve! });
    expect(() => check(bytes, keyOf(other.publicKey))).toThrow(/no signature in this MCUboot image fits/);
  });

  it("may be padded to its slot, with MCUboot's trailer", () => {
    const padded = Buffer.concat([GOOD, Buffer.alloc(300, 0xff), Buffer.from(TRAILER, "hex")]);
    expect(check(new Uint8Array(padded), EDKEY)).toMatchObject({ version: "1.2.3+4" });
    padded[padded.length - 24] = 1; // confirmed
    expect(check(new Uint8Array(padded), EDKEY)).toMatchObject({ version: "1.2.3+4" });
  });

  it("with anything else behind it is refused: it would be flashed unsigned", () => {
    for (const rest of [
      Buffer.of(0),
      Buffer.concat([Buffer.alloc(40, 0xff), Buffer.of(1), Buffer.alloc(40, 0xff)]),
    ])
      expect(() => check(new Uint8Array(Buffer.concat([GOOD, rest])), EDKEY)).toThrow(/does not cover/);
  });

  it("is not signed by its hash", () => {
    expect(() => check(image(part, hash(part)), EDKEY)).toThrow(/no signature in this MCUboot image/);
  });

  it.each([
    ["encrypted", image(signedPart({ flags: 4 })), /encrypted/],
    ["without TLVs", new Uint8Array(Buffer.concat([part, Buffer.alloc(8)])), /without TLVs/],
    ["with two hashes", image(part, hash(part), hash(part)), /with 2 hashes/],
    ["with no hash", image(part), /with 0 hashes/],
    ["with another's hash", image(part, { type: 0x10, data: new Uint8Array(32) }), /not that of its bytes/],
  ])("%s is refused", (_, bytes, why) => {
    expect(() => check(bytes, EDKEY)).toThrow(why);
  });

  it("cut short anywhere is refused", () => {
    for (let length = 0; length < GOOD.length; length++)
      expect(() => check(GOOD.subarray(0, length), EDKEY), `${length} bytes`).toThrow(/^slot\.bin: /);
  });

  it("has no byte that can be changed", () => {
    for (let at = 0; at < GOOD.length; at++) {
      const changed = Uint8Array.from(GOOD);
      changed[at]! ^= 1 << (at & 7);
      expect(() => check(changed, EDKEY), `byte ${at}`).toThrow(/^slot\.bin: /);
    }
  });
});
