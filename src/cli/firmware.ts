/** Which firmware goes to which target: the FILE of the command line to all, or what the file of targets gives to each. */
import type { MemoryImage } from "../image/image.js";
import type { Context } from "./context.js";
import { type ImageOptions, openImage } from "./image-file.js";
import { usage } from "./place.js";
import type { ChosenTarget } from "./targets.js";

export interface Firmware {
  /** Its name in messages. */
  readonly file: string;
  readonly image: MemoryImage;
}

/** Opens each file once, before any port. @throws BootlaceError USAGE, IMAGE_INVALID, FILE_FAILED */
export async function firmwareFor(
  context: Context,
  file: string | undefined,
  targets: readonly ChosenTarget[],
  options: ImageOptions,
): Promise<(target: ChosenTarget) => Firmware> {
  const files = targets.map((target) => file ?? target.image ?? nothingFor(target));
  const opened = new Map<string, Firmware>();
  for (const name of new Set(files))
    opened.set(name, { file: name, image: await openImage(context, name, options) });
  return (target) => opened.get(file ?? target.image!)!;
}

function nothingFor({ name }: ChosenTarget): never {
  throw usage(
    `which firmware for ${name}? FILE is missing`,
    'Name the file behind the verb, or give the target an "image" in the file of targets.',
  );
}
