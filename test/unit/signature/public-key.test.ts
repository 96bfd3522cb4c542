import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parsePublicKey } from "../../../src/signature/public-key.js";
import { bytesOf, MINISIGN_ID, MINISIGN_KEY, OPENSSL_KEY } from "./vectors.js";

const parse = (text: string) => parsePublicKey(bytesOf(text), "k.pub");
const minisign = (key: Uint8Array): string =>
  `untrusted comment: minisign public key\n${Buffer.concat([Buffer.from("Ed12345678"), key]).toString("base64")}\n`;
const pem = (key: Uint8Array): string =>
  `-----BEGIN PUBLIC KEY-----\n${Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key]).toString("base64")}\n-----END PUBLIC KEY-----\n`;

describe("a public key", () => {
  it("is read from minisign's file and from what its -P takes, and has a number", () => {
    expect(parse(`untrusted comment: minisign public key\n${MINISIGN_KEY}\n`).id).toBe(MINISIGN_ID);
    expect(parse(MINISIGN_KEY).id).toBe(MINISIGN_ID);
  });

  it("is read from PEM", () => {
    expect(parse(OPENSSL_KEY).key.asymmetricKeyType).toBe("ed25519");
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
    expect(parse(ec.export({ format: "pem", type: "spki" }) as string).key.asymmetricKeyType).toBe("ec");
  });

  it("must not be a private key", () => {
    const secret = generateKeyPairSync("ed25519").privateKey.export({
      format: "pem",
      type: "pkcs8",
    }) as string;
    expect(() => parse(secret)).toThrow("k.pub: this is a private key");
  });

  it.each([
    "00".repeat(32),
    `01${"00".repeat(31)}`,
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    `ec${"ff".repeat(30)}7f`,
    `ed${"ff".repeat(30)}7f`,
    `ee${"ff".repeat(30)}7f`,
  ])("%s is of small order, with either sign, in either form", (hex) => {
    for (const sign of [0, 0x80]) {
      const key = Buffer.from(hex, "hex");
      key[31]! |= sign;
      expect(() => parse(minisign(key))).toThrow(/of small order/);
      expect(() => parse(pem(key))).toThrow(/of small order/);
    }
  });

  it.each([
    ["one byte less", Buffer.from(MINISIGN_KEY, "base64").subarray(0, 41).toString("base64")],
    ["one byte more", Buffer.concat([Buffer.from(MINISIGN_KEY, "base64"), Buffer.of(0)]).toString("base64")],
    ["another algorithm", `RUQ${MINISIGN_KEY.slice(3)}`],
    ["garbage in the base64", MINISIGN_KEY.replace("z5z", "z5*z")],
    ["two keys", `${MINISIGN_KEY}\n${MINISIGN_KEY}\n`],
    ["two keys in PEM", OPENSSL_KEY + OPENSSL_KEY],
    ["nothing", ""],
    ["a comment only", "untrusted comment: x\n"],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
    ["an empty PEM", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"],
  ])("with %s is refused", (_, text) => {
    expect(() => parse(text)).toThrow(/^k\.pub: /);
  });
});
