/**
 * A signature in a file of its own: minisign's (four lines), signify's (two), or the 64 bytes that openssl writes.
 * Formats: minisign `src/minisign.h` (0.12), signify(1), RFC 8032.
 */
import { createHash, verify } from "node:crypto";
import { decodeBase64 } from "./base64.js";
import { isComment, KEY_ID_BYTES, keyIdText, linesOf } from "./lines.js";
import type { PublicKey } from "./public-key.js";
import { claimsOf, type Claims } from "./trusted-comment.js";
import { unsigned } from "./unsigned.js";

const SIGNATURE_BYTES = 64;
const LINE_BYTES = 2 + KEY_ID_BYTES + SIGNATURE_BYTES;
const TRUSTED = "trusted comment: ";
const LONGEST_TRUSTED = 8192;

interface Parsed {
  readonly signature: Uint8Array;
  readonly keyId?: string;
  /** The signature is over BLAKE2b-512 of the file. */
  readonly hashed?: boolean;
  readonly trusted?: { readonly text: string; readonly signature: Uint8Array };
}

export interface Detached {
  readonly by: PublicKey;
  readonly claims: Claims;
}

/**
 * @param bytes the firmware's file
 * @param signature the signature's file, `file` its name
 * @throws BootlaceError IMAGE_UNSIGNED
 */
export function verifyDetached(
  bytes: Uint8Array,
  { content, file }: { readonly content: Uint8Array; readonly file: string },
  keys: readonly PublicKey[],
): Detached {
  const parsed = content.length === SIGNATURE_BYTES ? { signature: content } : parseText(content, file);
  const by = candidates(parsed, keys, file).find((key) => signedBy(key, bytes, parsed));
  if (by === undefined) throw unsigned(file, "the signature does not fit the firmware");
  return { by, claims: claimsOf(parsed.trusted?.text ?? "", file) };
}

function candidates({ keyId }: Parsed, keys: readonly PublicKey[], file: string): readonly PublicKey[] {
  const able = keys.filter(({ key }) => key.asymmetricKeyType === "ed25519");
  const meant = able.filter(({ id }) => id === undefined || keyId === undefined || id === keyId);
  if (meant.length > 0) return meant;
  throw unsigned(
    file,
    keyId === undefined
      ? "no Ed25519 key to verify it with"
      : `signed with the key ${keyId}, which is none of ${able.map(({ id }) => id).join(", ") || "those that count"}`,
  );
}

function signedBy({ key }: PublicKey, bytes: Uint8Array, { signature, hashed, trusted }: Parsed): boolean {
  const message = hashed === true ? createHash("blake2b512").update(bytes).digest() : bytes;
  if (!verify(null, message, key, signature)) return false;
  if (trusted === undefined) return true;
  return verify(null, Buffer.concat([signature, Buffer.from(trusted.text)]), key, trusted.signature);
}

function parseText(content: Uint8Array, file: string): Parsed {
  const [first, second, third, fourth, ...rest] = linesOf(content) ?? [];
  const line = second === undefined ? undefined : decodeBase64(second, LINE_BYTES);
  if (!isComment(first) || line === undefined) throw malformed(file);
  const hashed = line[0] === 0x45 && line[1] === 0x44;
  if (!hashed && !(line[0] === 0x45 && line[1] === 0x64)) throw malformed(file);
  const keyId = keyIdText(line.subarray(2, 2 + KEY_ID_BYTES));
  const parsed = { signature: line.subarray(2 + KEY_ID_BYTES), keyId, hashed };
  const behind = [third, fourth, ...rest].filter((text) => text !== undefined && text !== "");
  if (behind.length === 0) return withoutComment(parsed, file);
  const global = fourth === undefined ? undefined : decodeBase64(fourth, SIGNATURE_BYTES);
  if (third?.startsWith(TRUSTED) !== true || global === undefined || behind.length > 2) throw malformed(file);
  if (third.length > TRUSTED.length + LONGEST_TRUSTED) throw malformed(file);
  return { ...parsed, trusted: { text: third.slice(TRUSTED.length), signature: global } };
}

/** signify's form. minisign's with its comment cut off would pass as that, and lose what the comment demands. */
function withoutComment(parsed: Parsed, file: string): Parsed {
  if (parsed.hashed === true || file.endsWith(".minisig"))
    throw unsigned(file, "the trusted comment is missing");
  return parsed;
}

const malformed = (file: string) => unsigned(file, "not a signature of minisign, signify or openssl");
