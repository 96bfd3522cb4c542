/** How long one message may be: what the protocol has, what the adapter's driver takes, what the user asks for. */
import { BootlaceError } from "../../errors.js";
import { limitsOf } from "../../host/adapter-limits.js";
import { busNumberOf, describeAdapter } from "../../host/adapters.js";
import { LEAST_MESSAGE, MAX_READ, MAX_WRITE } from "./frame-limits.js";

/** Bytes of the longest message in each direction. */
export interface MessageLimits {
  readonly maxWrite: number;
  readonly maxRead: number;
  /** Whose limits they are: the driver's name. */
  readonly driver?: string | undefined;
  /** What the driver says where nobody acknowledges the address, beside ENXIO. */
  readonly nackErrno?: string | undefined;
}

/** What the driver of the bus at `path` takes, as far as the table of drivers knows it; without limits where it does not. */
export function driverLimits(path: string, root?: string): MessageLimits {
  const number = process.platform === "linux" ? busNumberOf(path, root) : undefined;
  if (number === undefined) return { maxWrite: Infinity, maxRead: Infinity };
  const adapter = describeAdapter(number, root);
  const rows = limitsOf(adapter);
  const driver = adapter.driver ?? adapter.name;
  return {
    maxWrite: Math.min(...rows.map(({ maxWriteBytes = Infinity }) => maxWriteBytes)),
    maxRead: Math.min(...rows.map(({ maxReadBytes = Infinity }) => maxReadBytes)),
    nackErrno: rows.find(({ nackErrno }) => nackErrno !== undefined)?.nackErrno,
    driver,
  };
}

/**
 * The limits to work with on an adapter whose driver takes `known`.
 * @throws BootlaceError ADAPTER_LIMIT when the bootloader's shortest frames are too long for the driver; USAGE when `maxFrame` is more than it takes
 */
export function frameLimits(path: string, known: MessageLimits, maxFrame = Infinity): MessageLimits {
  const { maxWrite, maxRead } = known;
  if (Math.min(maxWrite, maxRead) < LEAST_MESSAGE)
    throw new BootlaceError(
      "ADAPTER_LIMIT",
      `${path}: ${takes(known)}, and the bootloader needs messages of ${LEAST_MESSAGE}`,
      { hint: "No option helps: use another bus or another adapter." },
    );
  if (maxFrame !== Infinity && (maxFrame > maxWrite || maxFrame > maxRead))
    throw new BootlaceError("USAGE", `a longest frame of ${maxFrame} bytes is too long: ${takes(known)}`, {
      hint: "Leave --max-frame away: frames are made to fit the driver's limit.",
    });
  return {
    maxWrite: Math.min(MAX_WRITE, maxWrite, maxFrame),
    maxRead: Math.min(MAX_READ, maxRead, maxFrame),
  };
}

/** Before anything is sent: some drivers cut what is too long and report success. @throws BootlaceError ADAPTER_LIMIT */
export function checkLengths<T>(
  known: MessageLimits,
  items: readonly T[],
  lengthOf: (item: T) => Length,
): void {
  if (known.maxWrite === Infinity && known.maxRead === Infinity) return;
  for (const item of items) {
    const { written = 0, wanted = 0 } = lengthOf(item);
    if (written <= known.maxWrite && wanted <= known.maxRead) continue;
    const what = written > 0 ? `a message of ${written} bytes` : `a read of ${wanted} bytes`;
    throw new BootlaceError("ADAPTER_LIMIT", `${what} is too long: ${takes(known)}; nothing was sent`);
  }
}

/** Bytes of a message in its direction. */
export interface Length {
  readonly written?: number;
  readonly wanted?: number;
}

const takes = ({ maxWrite, maxRead, driver = "of this adapter" }: MessageLimits): string => {
  const parts = [
    ...(maxWrite === Infinity ? [] : [`${maxWrite} bytes a write`]),
    ...(maxRead === Infinity ? [] : [`${maxRead} bytes a read`]),
  ];
  return `the driver ${driver} takes ${parts.join(" and ")}`;
};

/**
 * Lengths that adapters stop at, longest first: of an unknown one, the next one below what it refused is tried. From the table of
 * drivers, and from drivers whose limit depends on the hardware (i2c-mt65xx 255, i2c-ch341 128, i2c-usbio 52).
 */
const COMMON_LENGTHS = [255, 240, 128, 60, 52, LEAST_MESSAGE] as const;

/** @returns undefined when `refused` is the least already */
export const nextShorter = (refused: number): number | undefined =>
  COMMON_LENGTHS.find((length) => length < refused);
