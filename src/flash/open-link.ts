/** The way to a chip: transport, lock, reset lines, closed together. */
import type { Transport } from "../transport/transport.js";
import type { ResetLines } from "./reset-lines.js";
import type { ConnectOptions } from "./target.js";

export interface Link {
  readonly transport: Transport;
  /** 7-bit I2C address, where the target has one. */
  readonly address: number | undefined;
  readonly lines: ResetLines | undefined;
  close(): Promise<void>;
}

export async function openLink(target: string | Transport, options: ConnectOptions): Promise<Link> {
  if (typeof target !== "string")
    return { transport: target, address: options.address, lines: undefined, close: () => target.close() };
  const { openTarget } = await import("./open-target.js");
  return openTarget(target, options);
}
