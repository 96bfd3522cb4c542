/** The option bytes of a chip by name: what they hold, and setting them. */
import { BootlaceError, hex } from "../../errors.js";
import type { Device } from "../../devices/device.js";
import { optionAreaOf, type OptionArea } from "../../devices/options/area.js";
import { type OptionField, valueOf } from "../../devices/options/field.js";
import { optionFieldsOf } from "../../devices/options/load.js";
import type { OptionsInfo, SetOptionsOptions, SetOptionsResult } from "../job.js";
import { RegisterReader } from "../chip/registers.js";
import type { JobRun } from "../run/job-run.js";
import { type OptionPlan, type OptionValues, planOptions } from "./plan.js";
import { JUDGED, neverStartsBecause, unreachableBecause } from "./reach.js";
import { readOptions, storeOptions } from "./store.js";

/** @throws BootlaceError NOT_OFFERED where the place of the option bytes is not known; PROTECTED, REFUSED */
export async function optionsInfo(run: JobRun): Promise<OptionsInfo> {
  const device = deviceOf(run);
  const [area] = device.optionBytes;
  if (!area) throw notKnown(run, "where its bootloader shows them is not published");
  const bytes = await readOptions(run, area);
  const fields = await optionFieldsOf(device);
  return {
    address: area.start,
    bytes,
    settable: optionAreaOf(device) !== undefined,
    fields: fields.map((field) => {
      const value = valueOf(bytes, field);
      return { ...field, value, says: field.values?.[value] };
    }),
  };
}

/** Idempotent: what holds already is not written. */
export async function setOptions(
  run: JobRun,
  wanted: OptionValues,
  options: SetOptionsOptions,
): Promise<SetOptionsResult> {
  const device = deviceOf(run);
  const area = optionAreaOf(device);
  if (!area)
    throw notKnown(
      run,
      "where they are, or how its bootloader takes them, is not known well enough to write",
    );
  const fields = await optionFieldsOf(device);
  const before = await readOptions(run, area);
  const plan = planOptions(area, fields, before, wanted);
  await checkDangers(run, fields, plan, options);
  const changes = plan.changes.map(({ name, from, to }) => ({ name, from, to }));
  const result = { changes, address: area.start, before, after: plan.after };
  if (changes.length === 0) return { outcome: "already current", ...result, elapsedMs: run.elapsedMs };
  sayDangers(run, fields, area, plan);
  if (options.dryRun) return { outcome: "planned", ...result, elapsedMs: run.elapsedMs };
  run.checkpoint();
  checkStaysOpen(fields, plan);
  await storeOptions(run, {
    area,
    before,
    after: plan.after,
    frame: plan.frame,
    was: "the option bytes were written",
  });
  return { outcome: "written", ...result, elapsedMs: run.elapsedMs };
}

function deviceOf(run: JobRun): Device {
  const { device } = run.session;
  if (device) return device;
  throw notKnown(run, "this chip has no row in the table");
}

const notKnown = (run: JobRun, why: string): BootlaceError =>
  new BootlaceError("NOT_OFFERED", `the option bytes of ${run.session.chip.name}: ${why}`, {
    hint: "Set them by a debugger, or by the firmware.",
  });

/** @throws BootlaceError USAGE for one-way fields that are not spelled out, LOCKOUT for what may cut the way back */
async function checkDangers(
  run: JobRun,
  fields: readonly OptionField[],
  { changes, after }: OptionPlan,
  { oneWay = [], allowLockout, dryRun }: SetOptionsOptions,
): Promise<void> {
  for (const { name, to, field } of changes)
    if (field.danger === "one-way" && !oneWay.includes(name)) throw oneWayRefused(name, to, field);
  if (changes.length === 0) return;
  const why = lockoutOf(fields, { changes, after }, await flashIsEmpty(run));
  if (why === undefined) return;
  const text = `after this the bootloader of this chip ${why}`;
  if (!allowLockout && !dryRun)
    throw new BootlaceError("LOCKOUT", text, {
      hint: "Pass --allow-lockout if the way back by BOOT0 may be lost.",
    });
  run.emit({ type: "note", text, doubt: true });
}

const oneWayRefused = (name: string, to: number, { meaning = "" }: OptionField): BootlaceError =>
  new BootlaceError("USAGE", `${name} = ${to} may never be undone: ${meaning}`, {
    hint: `If that is what you want, name it: --one-way ${name}.`,
  });

/** The whole new set is judged: its reload looks at the empty flash anew, whichever bits were changed. */
function lockoutOf(
  fields: readonly OptionField[],
  { changes, after }: Pick<OptionPlan, "changes" | "after">,
  isEmpty: boolean,
): string | undefined {
  const because = unreachableBecause(fields, after, { flashIsEmpty: isEmpty });
  if (because !== undefined) return `can no longer be reached by BOOT0, because ${because}`;
  const open = changes.find(({ name, field }) => field.danger === "lockout" && !JUDGED.has(name));
  return (
    open && `may no longer be reached (not known), because ${open.name} changes: ${open.field.meaning ?? ""}`
  );
}

function sayDangers(
  run: JobRun,
  fields: readonly OptionField[],
  area: OptionArea,
  { changes, after }: OptionPlan,
): void {
  const erases = changes.find(({ field }) => field.danger === "erases");
  if (erases) run.note(`${erases.name} changes how the flash is divided: what it holds becomes useless`);
  const never = neverStartsBecause(fields, after);
  if (never !== undefined) run.note(`the program in the flash will not start, because ${never}`);
  const registers = area.start >= 0x4000_0000;
  run.note(
    registers
      ? "the chip stores its option bytes and resets: keep the power on"
      : "all option bytes are erased and written anew, then the chip resets: keep the power on, or it is readout-protected afterwards",
  );
}

async function flashIsEmpty({ session: { loader, geometry } }: JobRun): Promise<boolean> {
  const first = await new RegisterReader(loader).readTwice({ address: geometry.base, length: 4 });
  return first?.every((byte) => byte === geometry.erasedValue) ?? false;
}

/** What is sent holds the readout level that was read. A read that went wrong twice in one way must not set another. */
function checkStaysOpen(fields: readonly OptionField[], { after }: OptionPlan): void {
  const rdp = fields.find(({ name }) => name === "RDP");
  if (!rdp?.values) return;
  const value = valueOf(after, rdp);
  if (value === OPEN || value === OPEN_F1) return;
  throw new BootlaceError(
    "PROTECTED",
    `RDP reads as ${hex(value, 2)}, which is not the open level: nothing was written`,
    {
      hint: "Look with `bootlace options`.",
    },
  );
}

/** Level 0 (reference manuals, "Read protection"); F1 has a code of its own (PM0075). */
const OPEN = 0xaa;
const OPEN_F1 = 0xa5;
