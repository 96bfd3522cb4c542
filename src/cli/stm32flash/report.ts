/** What stm32flash prints: on standard output, or on standard error when that carries the data of `-r -`. Errors go to standard error. */
import type { ChipInfo } from "../../flash/job.js";
import type { FlashEvent, Phase } from "../../flash/events.js";
import type { Session } from "../../flash/chip/session.js";
import { BootlaceError, hex } from "../../errors.js";
import type { Io } from "../context.js";
import { failureText } from "../failure.js";
import { styleOf } from "../style.js";
import { bytesText, plural } from "../text.js";

const VERBS: Readonly<Record<Phase, string>> = {
  compare: "Comparing",
  preserve: "Keeping what is around it",
  erase: "Erasing",
  write: "Writing",
  verify: "Verifying",
  read: "Reading",
  protect: "Protecting",
  leave: "Leaving",
};

export class Report {
  readonly #io: Io;
  readonly #output: "stdout" | "stderr";
  /** A line that is being drawn again and again. */
  #open = false;

  constructor(io: Io, dataOnStdout: boolean) {
    this.#io = io;
    this.#output = dataOnStdout ? "stderr" : "stdout";
  }

  say(text: string): void {
    this.#closeLine();
    this.#io[this.#output].write(`${text}\n`);
  }

  warn(text: string): void {
    this.#closeLine();
    this.#io.stderr.write(`warning: ${text}\n`);
  }

  failed(error: BootlaceError): void {
    this.#closeLine();
    const style = styleOf(this.#io.stderr, this.#io.env);
    this.#io.stderr.write(`${failureText(error, style)}\n`);
  }

  /** Progress is drawn on a terminal only; what was done is said when it is done. */
  readonly event = (event: FlashEvent): void => {
    if (event.type === "progress") this.#progress(event);
    else if (event.type === "end") this.#ended(event);
    else if (event.type === "note") this.say(`Note: ${event.text}`);
    else if (event.type === "retry") this.warn(retryText(event));
  };

  #progress({ phase, done, total }: Extract<FlashEvent, { type: "progress" }>): void {
    const output = this.#io[this.#output];
    if (output.isTTY !== true || total === 0) return;
    const percent = ((100 * done) / total).toFixed(1);
    output.write(`\r${VERBS[phase]}: ${done} of ${total} (${percent} %)   `);
    this.#open = true;
  }

  #ended({ phase, done, detail }: Extract<FlashEvent, { type: "end" }>): void {
    if (done === 0) return;
    this.#closeLine();
    const amount = phase === "erase" ? plural(done, "page") : bytesText(done);
    this.say(`${VERBS[phase]}: ${amount}${detail === undefined ? "" : `, ${detail}`}: done.`);
  }

  #closeLine(): void {
    if (this.#open) this.#io[this.#output].write("\n");
    this.#open = false;
  }
}

const retryText = ({ address, reason }: Extract<FlashEvent, { type: "retry" }>): string =>
  `${address === undefined ? "" : `${hex(address)}: `}${reason}; trying again`;

/** The labels of 0.7, because scripts look for them; the facts are from bootlace's own table. */
export function chipText({ chip, loader, device }: Session): string {
  const version = `0x${loader.identity.version.toString(16).padStart(2, "0")}`;
  const id = `0x${chip.productId.toString(16).padStart(4, "0")}`;
  const lines = [
    `Interface    : ${chip.port}`,
    `Version      : ${version}`,
    `Device ID    : ${id} (${chip.name})`,
    ...(device?.ram.end === undefined
      ? []
      : [`- RAM        : ${bytesText(device.ram.end - device.ram.start)} at ${hex(device.ram.start)}`]),
    `- Flash      : ${flashText(chip)}`,
    ...(device?.optionBytes ?? []).map(
      ({ start, end }) => `- Option RAM : ${end - start} bytes at ${hex(start)}`,
    ),
    ...(device?.systemMemory ?? []).map(
      ({ start, end }) => `- System RAM : ${bytesText(end - start)} at ${hex(start)}`,
    ),
    ...(chip.readoutProtected === true ? ["- Protection : readout protection is on"] : []),
  ];
  return lines.join("\n");
}

function flashText({ geometry, flashSizeFrom }: ChipInfo): string {
  const { size, base, pages, unit } = geometry;
  const sizes = [...new Set(pages.map((page) => page.size))].map(bytesText).join(", ");
  const upTo = flashSizeFrom === "largest of its product ID" ? "up to " : "";
  return `${upTo}${bytesText(size)} at ${hex(base)} (${plural(pages.length, unit)} of ${sizes})`;
}
