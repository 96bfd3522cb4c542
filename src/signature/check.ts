/** Is this firmware signed by one of the keys, and may it be written? Before anything is opened. */
import { entriesByName } from "../devices/name.js";
import { BootlaceError } from "../errors.js";
import { verifyDetached } from "./detached.js";
import { isMcuboot, verifyMcuboot } from "./mcuboot.js";
import type { PublicKey } from "./public-key.js";
import type { Claims } from "./trusted-comment.js";
import { unsigned } from "./unsigned.js";
import { isOlder, parseVersion } from "./version.js";

export interface Demands {
  readonly keys: readonly PublicKey[];
  /** Of the firmware, by its signed comment or its MCUboot header; older ones are refused. */
  readonly minVersion?: string | undefined;
}

export interface SignatureFile {
  readonly content: Uint8Array;
  readonly file: string;
}

export interface Signed extends Claims {
  readonly file: string;
  /** The key's number, or its file where it has none. */
  readonly key: string;
  /** What the version was held against. */
  readonly minVersion: string | undefined;
}

/** @throws BootlaceError USAGE */
export function checkDemands({ minVersion }: Demands): void {
  if (minVersion === undefined || parseVersion(minVersion) !== undefined) return;
  throw new BootlaceError("USAGE", `--min-version ${minVersion} cannot be compared`, {
    hint: "Give dotted numbers, like 1.2.3.",
  });
}

/**
 * @param bytes of the firmware's file, as they are parsed afterwards
 * @param signature undefined: only an MCUboot image has its signature in itself
 * @throws BootlaceError IMAGE_UNSIGNED, IMAGE_TOO_OLD
 */
export function checkSigned(
  bytes: Uint8Array,
  { file, signature }: { readonly file: string; readonly signature: SignatureFile | undefined },
  { keys, minVersion }: Demands,
): Signed {
  if (signature === undefined && !isMcuboot(bytes))
    throw unsigned(file, "there is no signature beside it, neither .minisig nor .sig");
  const { by, claims } =
    signature === undefined ? verifyMcuboot(bytes, file, keys) : verifyDetached(bytes, signature, keys);
  if (minVersion !== undefined) checkVersion(file, claims.version, minVersion);
  if (claims.chip !== undefined && entriesByName(claims.chip).length === 0)
    throw unsigned(file, `it was signed for ${claims.chip}, and no chip is called that`);
  return { file, key: by.id ?? by.file, minVersion, ...claims };
}

function checkVersion(file: string, version: string | undefined, least: string): void {
  const has = parseVersion(version ?? "");
  if (has === undefined)
    throw unsigned(
      file,
      version === undefined
        ? "its signature names no version"
        : `its version ${version} cannot be compared: dotted numbers can`,
      'Sign it with a trusted comment like "version=1.2.3".',
    );
  if (isOlder(has, parseVersion(least)!))
    throw new BootlaceError("IMAGE_TOO_OLD", `${file} is version ${version}, older than ${least}`, {
      file,
      chipState: "no port was opened",
    });
}
