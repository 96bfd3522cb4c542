import type { Device } from "../../src/devices/device.js";
import { deviceByName } from "../../src/devices/name.js";
import type { SimulatedChip } from "../../src/simulator/chip.js";
import { RealClock } from "../../src/simulator/clock.js";
import type { PtyOptions, PtyServer } from "../../src/simulator/pty.js";
import { serveUartOnPty } from "../../src/simulator/pty.js";
import { simulate } from "../../src/simulator/spec.js";

export interface PtyChip {
  readonly chip: SimulatedChip;
  readonly device: Device;
  readonly server: PtyServer;
  readonly path: string;
  close(): void;
}

/** Short times, so that tests of whole chips take seconds. */
const QUICK = { program: "0", erase: "1", mass: "5" } as const;

/** A simulated chip in its bootloader on a pseudo-terminal, in real time. */
export async function chipOnPty(
  name: string,
  spec: Readonly<Record<string, string>> = {},
  options: PtyOptions = {},
): Promise<PtyChip> {
  const match = await deviceByName(name);
  if (match.kind !== "found") throw new Error(match.message);
  const { chip } = await simulate(name, { ...QUICK, ...spec, bus: "uart" }, new RealClock());
  const server = serveUartOnPty(chip, options);
  return {
    chip,
    device: match.device,
    server,
    path: server.path,
    close: () => {
      server.close();
      chip.close();
    },
  };
}
