/** Which firmware goes to which target: the files of the command line to all, as one image, or what the file of targets gives to each. */
import type { MemoryImage } from "../image/image.js";
import type { Signed } from "../signature/check.js";
import type { Context } from "./context.js";
import { type ImageOptions, openImages } from "./image-file.js";
import { usage } from "./place.js";
import { type SignatureOptions, signatureCheck } from "./signature.js";
import type { ChosenTarget } from "./targets.js";

export interface Firmware {
  /** Its name in messages. */
  readonly file: string;
  readonly image: MemoryImage;
  /** What lies elsewhere is left out. */
  readonly only: "flash" | undefined;
  /** Who signed its files; empty where nobody had to. */
  readonly signed: readonly Signed[];
  readonly notes: readonly string[];
}

/** Opens each file once, before any port. @throws BootlaceError USAGE, IMAGE_INVALID, IMAGE_UNSIGNED, IMAGE_TOO_OLD, FILE_FAILED */
export async function firmwareFor(
  context: Context,
  files: readonly string[],
  targets: readonly ChosenTarget[],
  options: ImageOptions & SignatureOptions,
): Promise<(target: ChosenTarget) => Firmware> {
  const only = options.only === "flash" ? "flash" : undefined;
  const filesOf = (target: ChosenTarget): readonly string[] =>
    files.length > 0 ? files : [target.image ?? nothingFor(target)];
  const all = new Set(targets.flatMap(filesOf));
  const signatures = await signatureCheck(all.size, options);
  const notes = signatures?.warnings ?? [];
  const opened = new Map<string, Firmware>();
  for (const target of targets) {
    const names = filesOf(target);
    const file = names.join(" ");
    if (opened.has(file)) continue;
    const image = await openImages(context, names, options, signatures?.check);
    opened.set(file, { file, image, only, notes, signed: signatures?.taken() ?? [] });
  }
  return (target) => opened.get(filesOf(target).join(" "))!;
}

function nothingFor({ name }: ChosenTarget): never {
  throw usage(
    `which firmware for ${name}? FILE is missing`,
    'Name the file behind the verb, or give the target an "image" in the file of targets.',
  );
}
