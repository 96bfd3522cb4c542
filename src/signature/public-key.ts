/**
 * Public keys: minisign's and signify's files, and PEM. Formats: minisign `src/minisign.h` (0.12), signify(1), RFC 8410.
 */
import { createPublicKey, type KeyObject } from "node:crypto";
import { decodeBase64 } from "./base64.js";
import { isComment, KEY_ID_BYTES, keyIdText, linesOf } from "./lines.js";
import { unsigned } from "./unsigned.js";

export interface PublicKey {
  /** Where it came from, for messages. */
  readonly file: string;
  /** Of minisign and signify, in upper-case hexadecimal: it names the key and proves nothing. A PEM file has none. */
  readonly id: string | undefined;
  readonly key: KeyObject;
}

const ALGORITHM_BYTES = 2;
const ED25519_BYTES = 32;
const KEY_BYTES = ALGORITHM_BYTES + KEY_ID_BYTES + ED25519_BYTES;
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const PEM = /^-----BEGIN PUBLIC KEY-----\s[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/;
/** What MCUboot signs with, and minisign. */
const TYPES = ["ed25519", "ec", "rsa"];

/**
 * @param file its name, for messages
 * @throws BootlaceError IMAGE_UNSIGNED for what is not one public key, and for keys that verify what nobody signed
 */
export function parsePublicKey(bytes: Uint8Array, file: string): PublicKey {
  const lines = linesOf(bytes)?.filter((line) => line !== "");
  if (lines?.[0]?.startsWith("-----BEGIN") === true) return readPem(Buffer.from(bytes).toString(), file);
  const [encoded, ...more] = isComment(lines?.[0]) ? lines!.slice(1) : (lines ?? []);
  const raw = encoded === undefined ? undefined : decodeBase64(encoded, KEY_BYTES);
  if (raw === undefined || raw[0] !== 0x45 || raw[1] !== 0x64) throw noKey(file);
  if (more.length > 0) throw unsigned(file, "more than one key in a file");
  const id = keyIdText(raw.subarray(ALGORITHM_BYTES, ALGORITHM_BYTES + KEY_ID_BYTES));
  return { file, id, key: ed25519(raw.subarray(ALGORITHM_BYTES + KEY_ID_BYTES), file) };
}

/** Node makes a public key of a private one too: such a file does not belong on a board. */
function readPem(text: string, file: string): PublicKey {
  if (/PRIVATE KEY/.test(text)) throw unsigned(file, "this is a private key", "Put its public key here.");
  if (!PEM.test(text)) throw noKey(file);
  const key = decoded(text, file);
  if (!TYPES.includes(key.asymmetricKeyType!)) throw unsigned(file, `a key of type ${key.asymmetricKeyType}`);
  if (key.asymmetricKeyType === "ed25519")
    checkOrder(new Uint8Array(key.export({ format: "der", type: "spki" }).subarray(-ED25519_BYTES)), file);
  return { file, id: undefined, key };
}

function decoded(text: string, file: string): KeyObject {
  try {
    return createPublicKey(text);
  } catch {
    throw noKey(file);
  }
}

function ed25519(key: Uint8Array, file: string): KeyObject {
  checkOrder(key, file);
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, key]), format: "der", type: "spki" });
}

/** Points of small order: OpenSSL takes them, and signatures "verify" that nobody made. Byte 31 may have its top bit set as well. */
const SMALL_ORDER = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

function checkOrder(key: Uint8Array, file: string): void {
  const positive = Buffer.from(key);
  positive[ED25519_BYTES - 1]! &= 0x7f;
  if (SMALL_ORDER.includes(positive.toString("hex")))
    throw unsigned(file, "this key is of small order: it would verify what nobody signed");
}

const noKey = (file: string) =>
  unsigned(
    file,
    "not one public key of minisign, signify or openssl",
    "minisign -G and `openssl pkey -pubout` write such files.",
  );
