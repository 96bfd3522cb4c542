/** --require-signature: firmware counts only when one of the administrator's keys signed it. */
import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import { entriesByName } from "../devices/name.js";
import { BootlaceError } from "../errors.js";
import type { JobOptions } from "../flash/job.js";
import type { Target } from "../flash/target.js";
import type { SignatureFile, Signed } from "../signature/check.js";
import type { FileCheck } from "./image-file.js";
import { collected } from "./options.js";
import { usage } from "./place.js";

/** Keys here make signatures required. */
export const KEY_FOLDER = "/etc/bootlace/keys";

export interface SignatureOptions {
  readonly requireSignature?: readonly string[];
  readonly signature?: string;
  readonly minVersion?: string;
}

export function addSignatureOptions(command: Command): void {
  const group = (option: Option): Command => command.addOption(option.helpGroup("Signature:"));
  group(
    new Option(
      "--require-signature <keys>",
      "a public key, or a folder of them: one must have signed (repeatable)",
    ).argParser(collected((text: string) => text)),
  );
  group(new Option("--signature <file>", "of FILE (default: FILE.minisig, then FILE.sig)"));
  group(new Option("--min-version <version>", "refuse what was signed as an older version"));
}

/** What the signatures of a run's files say. */
export interface SignatureCheck {
  readonly check: FileCheck;
  /** Of the files that were checked since this was asked last. */
  readonly taken: () => readonly Signed[];
  /** What an administrator should know of the keys. */
  readonly warnings: readonly string[];
}

/**
 * @param files how many
 * @param folder of the keys that make signatures required
 * @returns undefined where none is required
 * @throws BootlaceError USAGE, FILE_FAILED, IMAGE_UNSIGNED
 */
export async function signatureCheck(
  files: number,
  { signature, minVersion, requireSignature }: SignatureOptions,
  folder = KEY_FOLDER,
): Promise<SignatureCheck | undefined> {
  const paths = requireSignature ?? (existsSync(folder) ? [folder] : undefined);
  if (paths === undefined) {
    if ((signature ?? minVersion) === undefined) return undefined;
    throw usage("--signature and --min-version have no meaning without keys", "Name them with --require-signature."); // prettier-ignore
  }
  if (signature !== undefined && files > 1) throw usage("--signature is of one file");
  const { checkSigned, checkDemands } = await import("../signature/check.js");
  const { readFile, readKeys } = await import("../signature/key-files.js");
  const read = paths.map((path) => readKeys(path));
  const demands = { keys: read.flatMap(({ keys }) => keys), minVersion };
  checkDemands(demands);
  const beside = (file: string): SignatureFile | undefined => {
    const found = signature ?? [`${file}.minisig`, `${file}.sig`].find((path) => existsSync(path));
    return found === undefined ? undefined : { content: readFile(found), file: found };
  };
  const signed: Signed[] = [];
  return {
    check: (bytes, file) => void signed.push(checkSigned(bytes, { file, signature: beside(file) }, demands)),
    taken: () => signed.splice(0),
    warnings: read.flatMap(({ warnings }) => warnings),
  };
}

/**
 * Says who signed, and holds the chip against what the signer wrote.
 * @throws BootlaceError WRONG_CHIP
 */
export function heedSigned(
  { chip }: Target,
  { onEvent }: JobOptions,
  { signed, notes }: { readonly signed: readonly Signed[]; readonly notes: readonly string[] },
): void {
  for (const text of [...notes, ...signed.map(signedText)]) onEvent?.({ type: "note", text });
  for (const { chip: meant, file } of signed) {
    if (meant === undefined || entriesByName(meant).some(({ productId }) => productId === chip.productId))
      continue;
    throw new BootlaceError("WRONG_CHIP", `${file} was signed for ${meant}, and this is ${chip.name}`, {
      hint: "Take the firmware of this chip.",
      chipState: "the flash was not changed; the chip is still in its bootloader",
    });
  }
}

/** For --json. */
export const signedResult = (signed: readonly Signed[]): object => (signed.length === 0 ? {} : { signed });

const signedText = ({ file, key, version, minVersion }: Signed): string =>
  [
    `${file} is signed by the key ${key}`,
    ...(version === undefined ? [] : [`version ${version}`]),
    ...(minVersion === undefined ? [] : [`not older than ${minVersion}`]),
  ].join(", ");
