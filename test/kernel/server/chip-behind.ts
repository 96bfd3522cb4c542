/** Puts a simulated chip behind an adapter of the test kernel: its transfers, and its BOOT0 and NRST on GPIO lines. */
import { setTimeout as sleep } from "node:timers/promises";
import type { SimulatedChip } from "../../../src/simulator/chip.js";
import type { Answer, GpioEvent, Message, SimAdapter, Transfer } from "./i2csim.js";
import { done, failed, I2C_M_STOP, isRead } from "./i2csim.js";

const ENXIO = 6;
const EIO = 5;

/** Runs one I2C_RDWR on the chip, stretching in real time. */
export async function runOnChip(chip: SimulatedChip, transfer: Pick<Transfer, "messages">): Promise<Answer> {
  const reads: Uint8Array[] = [];
  let restart = false;
  for (const message of transfer.messages) {
    const answer = ask(chip, message, restart);
    if (answer.kind === "nack") return failed(ENXIO);
    if (answer.stretchMs > 0) await sleep(answer.stretchMs);
    if (answer.kind === "held") return failed(EIO);
    if (isRead(message)) reads.push(bytesOf(answer, message.length));
    restart = (message.flags & I2C_M_STOP) === 0;
  }
  return done(...reads);
}

function bytesOf({ bytes = new Uint8Array() }: { readonly bytes?: Uint8Array }, length: number): Uint8Array {
  if (bytes.length === length) return bytes;
  throw new Error(`the chip answered ${bytes.length} bytes to a read of ${length}`);
}

const ask = (
  chip: SimulatedChip,
  message: Message,
  restart: boolean,
): ReturnType<SimulatedChip["i2cWrite"]> =>
  isRead(message)
    ? chip.i2cRead(message.address, message.length, restart)
    : chip.i2cWrite(message.address, message.bytes, restart);

export interface ChipLines {
  /** Number of the GPIO line, none: the pin stays where it is. */
  readonly boot0?: number;
  readonly nrst?: number;
}

/** Several chips on one bus: each answers at its own address. */
export function putBehind(adapter: SimAdapter, chips: readonly SimulatedChip[], lines: ChipLines = {}): void {
  adapter.onTransfer = async (transfer) => {
    for (const chip of chips) {
      const answer = await runOnChip(chip, transfer);
      if (answer.errno !== ENXIO) return answer;
    }
    return failed(ENXIO);
  };
  adapter.onLost = () => {
    for (const chip of chips) chip.i2cAbort();
  };
  adapter.onGpio = (event) => {
    for (const chip of chips) drivePins(chip, event, lines);
  };
  // NRST has a pull-up; what an undriven input reads is what its pull makes of it.
  if (lines.nrst !== undefined) adapter.setInput(lines.nrst, 1);
}

/** An undriven NRST is pulled up, an undriven BOOT0 pulled down. */
function drivePins(chip: SimulatedChip, event: GpioEvent, lines: ChipLines): void {
  if (event.line === lines.boot0) chip.setBoot0(event.output && event.level === 1);
  if (event.line === lines.nrst) chip.setNrst(!event.output || event.level === 1);
}
