/** Which firmware goes to which target: the files of the command line to all, as one image, or what the file of targets gives to each. */
import type { MemoryImage } from "../image/image.js";
import type { Context } from "./context.js";
import { type ImageOptions, openImages } from "./image-file.js";
import { usage } from "./place.js";
import type { ChosenTarget } from "./targets.js";

export interface Firmware {
  /** Its name in messages. */
  readonly file: string;
  readonly image: MemoryImage;
  /** What lies elsewhere is left out. */
  readonly only: "flash" | undefined;
}

/** Opens each file once, before any port. @throws BootlaceError USAGE, IMAGE_INVALID, FILE_FAILED */
export async function firmwareFor(
  context: Context,
  files: readonly string[],
  targets: readonly ChosenTarget[],
  options: ImageOptions,
): Promise<(target: ChosenTarget) => Firmware> {
  const only = options.only === "flash" ? "flash" : undefined;
  const filesOf = (target: ChosenTarget): readonly string[] =>
    files.length > 0 ? files : [target.image ?? nothingFor(target)];
  const opened = new Map<string, Firmware>();
  for (const target of targets) {
    const names = filesOf(target);
    const file = names.join(" ");
    if (!opened.has(file)) opened.set(file, { file, image: await openImages(context, names, options), only });
  }
  return (target) => opened.get(filesOf(target).join(" "))!;
}

function nothingFor({ name }: ChosenTarget): never {
  throw usage(
    `which firmware for ${name}? FILE is missing`,
    'Name the file behind the verb, or give the target an "image" in the file of targets.',
  );
}
