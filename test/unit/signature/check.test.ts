import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { BootlaceError } from "../../../src/errors.js";
import { checkDemands, checkSigned } from "../../../src/signature/check.js";
import { parsePublicKey } from "../../../src/signature/public-key.js";
import {
  bytesOf,
  MESSAGE,
  MINISIGN_ED,
  MINISIGN_ID,
  MINISIGN_KEY,
  MINISIGN_LEGACY,
  OPENSSL,
  OPENSSL_KEY,
  SIGNIFY,
  SIGNIFY_KEY,
} from "./vectors.js";

const minisign = parsePublicKey(bytesOf(MINISIGN_KEY), "minisign.pub");
const signify = parsePublicKey(bytesOf(SIGNIFY_KEY), "signify.pub");
const openssl = parsePublicKey(bytesOf(OPENSSL_KEY), "openssl.pem");

const check = (
  signature: string | Uint8Array | undefined,
  { message = MESSAGE, keys = [minisign, signify, openssl], file = "app.hex.minisig", minVersion = undefined as string | undefined } = {}, // prettier-ignore
) =>
  checkSigned(
    message,
    {
      file: "app.hex",
      signature:
        signature === undefined
          ? undefined
          : { file, content: typeof signature === "string" ? bytesOf(signature) : signature },
    },
    { keys, minVersion },
  );

/** The code and message of what it throws. */
function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof BootlaceError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "taken";
}

describe("a signature beside the firmware", () => {
  it.each([
    ["minisign's, over the hash", MINISIGN_ED],
    ["minisign's legacy one", MINISIGN_LEGACY],
    ["one with CR LF", MINISIGN_ED.replaceAll("\n", "\r\n")],
    ["one without a last line end", MINISIGN_ED.trimEnd()],
  ])("%s is taken, and its comment says chip and version", (_, signature) => {
    expect(check(signature)).toEqual({
      file: "app.hex",
      key: MINISIGN_ID,
      chip: "stm32g071",
      version: "1.2.3",
    });
  });

  it("signify's two lines and openssl's 64 bytes are taken, and claim nothing", () => {
    expect(check(SIGNIFY, { file: "app.hex.sig" })).toMatchObject({ chip: undefined, version: undefined });
    expect(check(OPENSSL, { file: "app.hex.sig" })).toMatchObject({ key: "openssl.pem" });
  });

  it("is needed", () => {
    expect(refusal(() => check(undefined))).toBe(
      "IMAGE_UNSIGNED: app.hex: there is no signature beside it, neither .minisig nor .sig",
    );
  });

  it("of another key names the key that it was made with", () => {
    expect(refusal(() => check(MINISIGN_ED, { keys: [signify] }))).toBe(
      "IMAGE_UNSIGNED: app.hex.minisig: signed with the key E5499E3F393EE733, which is none of C68AC4EF866BDD61",
    );
  });

  it("cut down to two lines does not get rid of what its comment demands", () => {
    const cut = (text: string): string => text.split("\n").slice(0, 2).join("\n");
    const missing = "IMAGE_UNSIGNED: app.hex.minisig: the trusted comment is missing";
    expect(refusal(() => check(cut(MINISIGN_ED)))).toBe(missing);
    expect(refusal(() => check(cut(MINISIGN_LEGACY)))).toBe(missing);
    expect(refusal(() => check(cut(MINISIGN_ED), { file: "app.hex.sig" }))).toMatch(/comment is missing/);
    const demanding = { file: "app.hex.sig", minVersion: "1.0" };
    expect(refusal(() => check(cut(MINISIGN_LEGACY), demanding))).toMatch(/names no version/);
  });

  it.each([
    ["the firmware", MESSAGE, (bytes: Uint8Array) => refusal(() => check(MINISIGN_ED, { message: bytes }))],
    ["a signature over the hash", bytesOf(MINISIGN_ED), (bytes: Uint8Array) => refusal(() => check(bytes))],
    ["a legacy signature", bytesOf(MINISIGN_LEGACY), (bytes: Uint8Array) => refusal(() => check(bytes))],
    ["signify's", bytesOf(SIGNIFY), (bytes: Uint8Array) => refusal(() => check(bytes, { file: "x.sig" }))],
    ["openssl's", OPENSSL, (bytes: Uint8Array) => refusal(() => check(bytes, { file: "x.sig" }))],
  ])("no bit of %s can be flipped", (_, bytes, attempt) => {
    // What nobody signed: the words of the first line, and how the file ends.
    const untrusted = Buffer.from(bytes).subarray(0, 19).toString() === "untrusted comment: ";
    const from = untrusted ? bytes.indexOf(0x0a) : 0;
    const to = untrusted ? bytes.length - 1 : bytes.length;
    for (let bit = from * 8; bit < to * 8; bit++) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(attempt(flipped), `bit ${bit & 7} of byte ${bit >> 3}`).toMatch(/^IMAGE_UNSIGNED/);
    }
  });

  it.each([
    ["one byte less", Uint8Array.from(MESSAGE.subarray(0, -1))],
    ["one byte more", Uint8Array.of(...MESSAGE, 0)],
    ["nothing", new Uint8Array()],
  ])("of firmware with %s is refused", (_, message) => {
    expect(refusal(() => check(MINISIGN_ED, { message }))).toMatch(/does not fit the firmware/);
  });

  it.each([
    ["lines behind the fourth", `${MINISIGN_ED}version=9\n`],
    ["base64 of the URL's alphabet", MINISIGN_ED.replace("/gdFN", "_gdFN")],
    ["a blank inside the base64", MINISIGN_ED.replace("SskEf7", "Ss kEf7")],
    ["nothing", ""],
    ["bytes that are no text", Uint8Array.of(0xff, 0xfe, 0)],
    ["64 zeros", new Uint8Array(64)],
  ])("with %s is refused", (_, signature) => {
    expect(refusal(() => check(signature))).toMatch(/^IMAGE_UNSIGNED/);
  });
});

describe("the version of signed firmware", () => {
  it.each(["1.2.3", "1.2", "v1.2.2", "1.2.2+9"])("1.2.3 is not older than %s", (minVersion) => {
    expect(check(MINISIGN_ED, { minVersion })).toMatchObject({ version: "1.2.3" });
  });

  it.each(["1.2.4", "1.10", "2", "1.2.3.1"])("1.2.3 is older than %s", (minVersion) => {
    expect(refusal(() => check(MINISIGN_ED, { minVersion }))).toBe(
      `IMAGE_TOO_OLD: app.hex is version 1.2.3, older than ${minVersion}`,
    );
  });

  it("has to be one that can be compared", () => {
    const demand = (minVersion: string) => refusal(() => checkDemands({ keys: [], minVersion }));
    expect(demand("1.2.3-rc1")).toBe("USAGE: --min-version 1.2.3-rc1 cannot be compared");
    expect(demand("1.2")).toBe("taken");
  });
});

describe("a trusted comment", () => {
  const pair = generateKeyPairSync("ed25519");
  const raw = pair.publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const id = Buffer.from("0102030405060708", "hex");
  const key = parsePublicKey(
    bytesOf(Buffer.concat([Buffer.from("Ed"), id, raw]).toString("base64")),
    "k.pub",
  );
  const signed = (comment: string): string => {
    const signature = sign(null, MESSAGE, pair.privateKey);
    const whole = sign(null, Buffer.concat([signature, Buffer.from(comment)]), pair.privateKey);
    const line = Buffer.concat([Buffer.from("Ed"), id, signature]).toString("base64");
    return `untrusted comment: x\n${line}\ntrusted comment: ${comment}\n${whole.toString("base64")}\n`;
  };

  it.each([
    ["timestamp:1700000000\tfile:app.hex\thashed", { chip: undefined, version: undefined }],
    ["version=7", { chip: undefined, version: "7" }],
    ["", { chip: undefined, version: undefined }],
  ])("%j claims what it says", (comment, claims) => {
    expect(check(signed(comment), { keys: [key] })).toMatchObject(claims);
  });

  it.each([
    ["version=1 version=9", /says version= twice/],
    ["chip=stm32g071 chip=stm32f407", /says chip= twice/],
    ["chip=stm99", /was signed for stm99, and no chip is called that/],
    ["version=1\u001b[2J", /control characters/],
  ])("%j is refused", (comment, why) => {
    expect(refusal(() => check(signed(comment), { keys: [key] }))).toMatch(why);
  });
});
