/**
 * The signature inside an MCUboot image: TLVs behind header and program (MCUboot, docs/design.md, "Image format").
 * Signed are header, program and protected TLVs; what is behind them is not, so nothing but the TLVs may be there.
 */
import { constants, createHash, verify } from "node:crypto";
import type { PublicKey } from "./public-key.js";
import type { Claims } from "./trusted-comment.js";
import { unsigned } from "./unsigned.js";

const MAGIC = 0x96f3b83d;
const HEADER_BYTES = 32;
const TLV_INFO = 0x6907;
const TLV_INFO_BYTES = 4;
const TLV_HEAD_BYTES = 4;
const FLAGS_ENCRYPTED = 0x0c;
const TLV = { rsa2048: 0x20, ecdsa: 0x22, rsa3072: 0x23, ed25519: 0x24, pure: 0x25 } as const;
const HASHES = new Map([
  [0x10, "sha256"],
  [0x11, "sha384"],
  [0x12, "sha512"],
]);
/** What `imgtool --pad` and `--confirm` put at the end of a slot, for flash that is written 8 bytes at a time. */
const TRAILER = "77c295f360d2ef7f3552500f2cb67980";
const CONFIRMED_FROM_END = 24;

interface Tlv {
  readonly type: number;
  readonly data: Uint8Array;
}

interface Image {
  readonly signed: Uint8Array;
  readonly tlvs: readonly Tlv[];
  readonly version: string;
}

export const isMcuboot = (bytes: Uint8Array): boolean =>
  bytes.length >= HEADER_BYTES && viewOf(bytes).getUint32(0, true) === MAGIC;

/** @throws BootlaceError IMAGE_UNSIGNED */
export function verifyMcuboot(
  bytes: Uint8Array,
  file: string,
  keys: readonly PublicKey[],
): { readonly by: PublicKey; readonly claims: Claims } {
  const image = parse(bytes, file);
  const hash = checkHash(image, file);
  const by = keys.find((key) => signedBy(key, image, hash));
  if (by === undefined) throw unsigned(file, "no signature in this MCUboot image fits a key that counts");
  return { by, claims: { chip: undefined, version: image.version } };
}

function parse(bytes: Uint8Array, file: string): Image {
  const view = viewOf(bytes);
  const end = view.getUint16(8, true) + view.getUint32(12, true) + view.getUint16(10, true);
  if ((view.getUint32(16, true) & FLAGS_ENCRYPTED) !== 0)
    throw unsigned(file, "an encrypted MCUboot image: its signature covers what only the chip can read");
  if (view.getUint16(8, true) < HEADER_BYTES || end + TLV_INFO_BYTES > bytes.length) throw cut(file);
  if (view.getUint16(end, true) !== TLV_INFO) throw unsigned(file, "an MCUboot image without TLVs");
  const behind = end + view.getUint16(end + 2, true);
  if (behind > bytes.length) throw cut(file);
  checkBehind(bytes.subarray(behind), file);
  const [major, minor, revision] = [view.getUint8(20), view.getUint8(21), view.getUint16(22, true)];
  return {
    signed: bytes.subarray(0, end),
    tlvs: tlvsOf(bytes.subarray(end + TLV_INFO_BYTES, behind), file),
    version: `${major}.${minor}.${revision}+${view.getUint32(24, true)}`,
  };
}

function tlvsOf(area: Uint8Array, file: string): Tlv[] {
  const view = viewOf(area);
  const tlvs: Tlv[] = [];
  for (let at = 0; at < area.length;) {
    if (at + TLV_HEAD_BYTES > area.length) throw cut(file);
    const start = at + TLV_HEAD_BYTES;
    const end = start + view.getUint16(at + 2, true);
    if (end > area.length) throw cut(file);
    tlvs.push({ type: view.getUint16(at, true), data: area.subarray(start, end) });
    at = end;
  }
  return tlvs;
}

/** Padding and MCUboot's own trailer change nothing of the program; anything else would be flashed unsigned. */
function checkBehind(rest: Uint8Array, file: string): void {
  const trailer = Buffer.from(rest.subarray(-TRAILER.length / 2)).toString("hex") === TRAILER;
  const end = rest.length - (trailer ? TRAILER.length / 2 : 0);
  const confirmed = trailer ? rest.length - CONFIRMED_FROM_END : -1;
  const stranger = rest.findIndex(
    (byte, at) => at < end && byte !== 0xff && !(at === confirmed && byte === 1),
  );
  if (stranger >= 0) throw unsigned(file, "bytes behind the MCUboot image that its signature does not cover");
}

/** @returns the digest. The hash alone is a checksum: anybody can make it. */
function checkHash({ signed, tlvs }: Image, file: string): Uint8Array {
  const found = tlvs.filter(({ type }) => HASHES.has(type));
  if (found.length !== 1) throw unsigned(file, `an MCUboot image with ${found.length} hashes`);
  const digest = createHash(HASHES.get(found[0]!.type)!).update(signed).digest();
  if (digest.equals(found[0]!.data)) return digest;
  throw unsigned(file, "the hash in this MCUboot image is not that of its bytes");
}

function signedBy({ key }: PublicKey, { signed, tlvs }: Image, digest: Uint8Array): boolean {
  const type = key.asymmetricKeyType;
  const pure = tlvs.some((tlv) => tlv.type === TLV.pure);
  return tlvs.some((tlv) => {
    if (tlv.type === TLV.ed25519 && type === "ed25519")
      return verify(null, pure ? signed : digest, key, tlv.data);
    if (tlv.type === TLV.ecdsa && type === "ec") {
      const hash = key.asymmetricKeyDetails?.namedCurve === "secp384r1" ? "sha384" : "sha256";
      return verify(hash, signed, key, derOf(tlv.data));
    }
    if ((tlv.type === TLV.rsa2048 || tlv.type === TLV.rsa3072) && type === "rsa") {
      const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
      return verify("sha256", signed, { key, ...padding }, tlv.data);
    }
    return false;
  });
}

/** imgtool may pad a signature with zeros to its longest form. */
const derOf = (data: Uint8Array): Uint8Array =>
  data[0] === 0x30 && data[1]! < 0x80 ? data.subarray(0, 2 + data[1]!) : data;

const viewOf = ({ buffer, byteOffset, length }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, length);

const cut = (file: string) => unsigned(file, "an MCUboot image that is cut short");
