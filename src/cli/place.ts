/** Where a chip is, from what the command line, the environment and a file say: each is asked where the one before says nothing. */
import { BootlaceError } from "../errors.js";
import { readTarget } from "../host/open/read-target.js";
import { type TargetAddress, type TargetDetails, withDetails } from "../transport/target.js";
import type { Settings } from "./target-options.js";

/** What one source says. */
export interface Layer {
  readonly settings: Settings;
  /** What has no meaning for this kind of target is a slip here, and left alone elsewhere: a BOOTLACE_BAUD is for all ports. */
  readonly strict: boolean;
}

/**
 * @param layers the strongest first; one of them has a port
 * @throws BootlaceError USAGE for a port that is not understood, for a detail that is out of range, contradicts its own port or, in a
 *   strict layer, has no meaning for it
 */
export function placeOf(layers: readonly Layer[]): TargetAddress {
  const at = layers.findIndex(({ settings }) => settings.port !== undefined);
  const own = layers[at]!;
  let place = readTarget(own.settings.port!);
  place = withDetails(place, detailsOf(place, own));
  for (const layer of layers.slice(at + 1)) place = withMissing(place, detailsOf(place, layer));
  for (const layer of layers.slice(0, at).reverse()) {
    const details = detailsOf(place, layer);
    place = withDetails(withoutDetails(place, details), details);
  }
  return place;
}

function detailsOf({ kind }: TargetAddress, { settings, strict }: Layer): TargetDetails {
  const { address, baud, mode } = settings;
  if (strict) return { address, baud, mode };
  if (kind === "i2c") return { address };
  return kind === "serial" ? { baud, mode } : {};
}

/** Of a weaker layer: only what is not known yet. */
function withMissing(place: TargetAddress, { address, baud, mode }: TargetDetails): TargetAddress {
  if (place.kind === "i2c")
    return withDetails(place, { address: place.address === undefined ? address : undefined });
  if (place.kind === "sim" || place.kind === "spi") return place;
  return withDetails(place, {
    baud: place.baud === undefined ? baud : undefined,
    mode: place.mode === undefined ? mode : undefined,
  });
}

/** A stronger layer may say something else. */
function withoutDetails(place: TargetAddress, { address, baud, mode }: TargetDetails): TargetAddress {
  if (place.kind === "i2c") return { ...place, address: address === undefined ? place.address : undefined };
  if (place.kind === "serial")
    return {
      ...place,
      baud: baud === undefined ? place.baud : undefined,
      mode: mode === undefined ? place.mode : undefined,
    };
  if (address === undefined || place.kind === "spi") return place;
  const options = Object.entries(place.options).filter(([name]) => name !== "address");
  return { ...place, options: Object.fromEntries(options) };
}

/** The first that says something. */
export function settingsOf(layers: readonly Layer[]): Settings {
  const merged: Record<string, unknown> = {};
  for (const { settings } of layers)
    for (const [name, value] of Object.entries(settings)) merged[name] ??= value;
  return merged;
}

export const usage = (message: string, hint?: string): BootlaceError =>
  new BootlaceError("USAGE", message, hint === undefined ? {} : { hint });
