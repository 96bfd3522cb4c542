/** What the doctor says of one I2C adapter. */
import { LEAST_MESSAGE, MAX_READ, MAX_WRITE } from "../transport/i2c/frame-limits.js";
import type { AdapterLimit } from "./adapter-limits.js";
import type { AdapterFacts } from "./doctor-facts.js";
import { judgeNode } from "./finding.js";
import type { Finding } from "./finding.js";
import { I2C_FUNC_I2C, offers, shortFunctionality } from "./functionality.js";

/** Longest stretch that a page erase of a V1.0 bootloader may need. */
const LONG_STRETCH_MS = 5000;

export function judgeAdapter(facts: AdapterFacts, uid: number): Finding[] {
  const { adapter, functionality } = facts;
  const title = adapter.name === undefined ? adapter.path : `${adapter.path} (${adapter.name})`;
  const denied = judgeNode(facts.node, uid, "i2c");
  if (denied !== undefined) return [{ ...denied, title }];
  if (functionality === undefined)
    return [
      {
        level: "bad",
        title,
        detail: "It does not say what it can do: the node is there, the adapter is not.",
        nextStep: "Plug the adapter in again, or look into `dmesg`.",
      },
    ];
  if (!offers(functionality, I2C_FUNC_I2C)) return [smbusOnly(title, functionality)];
  return [
    usable(title, facts, functionality),
    ...clock(title, facts),
    ...limits(title, facts),
    ...owned(title, facts),
  ];
}

const smbusOnly = (title: string, mask: number): Finding => ({
  level: "bad",
  title,
  detail: `Functionality: ${shortFunctionality(mask)}. The bootloader needs plain I2C messages, which this adapter cannot send.`,
  nextStep: "Use another bus or a USB adapter with plain I2C; `bootlace funcs` shows what an adapter can do.",
});

const usable = (title: string, { adapter }: AdapterFacts, mask: number): Finding => ({
  level: "ok",
  title,
  detail: `You may use it. Functionality: ${shortFunctionality(mask)}. Driver: ${adapter.driver ?? "not told by sysfs"}.`,
});

function clock(title: string, { adapter }: AdapterFacts): Finding[] {
  const { clockHz } = adapter;
  if (clockHz === undefined)
    return [
      { level: "note", title, detail: "The clock rate is not declared; 100 kHz is what most drivers take." },
    ];
  const detail = `The device tree asks for ${clockHz / 1000} kHz.`;
  if (clockHz <= 1_000_000) return [{ level: "note", title, detail }];
  return [
    {
      level: "warning",
      title,
      detail: `${detail} No STM32 bootloader is specified beyond 1 MHz.`,
      nextStep:
        "Lower clock-frequency in the device tree to what the chip's row allows; see `bootlace info`.",
    },
  ];
}

const limits = (title: string, { limits: rows }: AdapterFacts): Finding[] =>
  rows.map((row) => limit(title, row));

function limit(title: string, row: AdapterLimit): Finding {
  if (Math.min(row.maxWriteBytes ?? Infinity, row.maxReadBytes ?? Infinity) < LEAST_MESSAGE)
    return {
      level: "bad",
      title,
      detail: `Its driver takes messages of ${row.maxWriteBytes ?? "any number of"} bytes and reads of ${row.maxReadBytes ?? "any number of"}; the bootloader needs ${LEAST_MESSAGE}.`,
      nextStep: "Use another bus or another adapter.",
    };
  const shortTimeout = row.fixedTimeoutMs !== undefined && row.fixedTimeoutMs < LONG_STRETCH_MS;
  const sentences = [
    row.note,
    row.fixedTimeoutMs === undefined
      ? undefined
      : `Its driver gives up after ${row.fixedTimeoutMs} ms, whatever limit is asked for.`,
    lengths(row),
  ];
  const detail = sentences.filter((sentence) => sentence !== undefined).join(" ");
  const nextStep =
    row.nextStep ??
    (shortTimeout
      ? "Nothing to do for chips with protocol V1.1 or later; chips with V1.0 are erased page by page and waited for."
      : undefined);
  return {
    level: nextStep === undefined ? "note" : "warning",
    title,
    detail,
    nextStep,
  };
}

function lengths({ maxWriteBytes, maxReadBytes }: AdapterLimit): string | undefined {
  const write = Math.min(maxWriteBytes ?? Infinity, MAX_WRITE);
  const read = Math.min(maxReadBytes ?? Infinity, MAX_READ);
  if (write === MAX_WRITE && read === MAX_READ) return undefined;
  return `It takes ${write} bytes a write and ${read} a read; frames are made to fit.`;
}

function owned(title: string, { bound }: AdapterFacts): Finding[] {
  if (bound.length === 0) return [];
  const list = bound
    .map(({ address, driver }) => `0x${address.toString(16).toUpperCase()} (${driver})`)
    .join(", ");
  return [{ level: "note", title, detail: `Addresses that kernel drivers own: ${list}.` }];
}
