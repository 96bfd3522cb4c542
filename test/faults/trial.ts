/** One trial: a session with faults, judged; then the same session again without any, judged too. */
import { BootlaceError, type ErrorCode } from "../../src/errors.js";
import { seeded } from "../fuzz/random.js";
import { FaultyTransport, type Appointment } from "./faulty-transport.js";
import { LINK_CODES, type ChipVariant, type LinkVariant } from "./kinds.js";
import { holds, makeRig, wouldBoot, type Protocol, type Rig } from "./rig.js";
import type { Session } from "./sessions.js";

/** A fault with its place: a step of the link, or an operation of the chip. */
export type Place =
  | { readonly variant: LinkVariant; readonly at: number }
  | { readonly variant: ChipVariant; readonly operation: number };

export interface Case {
  readonly protocol: Protocol;
  readonly session: Session;
  readonly places: readonly Place[];
  readonly seed: number;
}

export interface Verdict {
  /** False when no fault met anything: the run then proves nothing and is not counted. */
  readonly met: boolean;
  readonly resolved: boolean;
  readonly code: ErrorCode | undefined;
  /** What is wrong, by promise; all undefined when the promises are kept. */
  readonly falseSuccess?: string | undefined;
  readonly halfBoot?: string | undefined;
  readonly wrongFailure?: string | undefined;
  readonly harm?: string | undefined;
  readonly again?: string | undefined;
  /** The second run needed a reset of the chip by hand. */
  readonly neededReset: boolean;
  readonly retries: number;
}

export const isKept = ({ falseSuccess, halfBoot, wrongFailure, harm, again }: Verdict): boolean =>
  [falseSuccess, halfBoot, wrongFailure, harm, again].every((text) => text === undefined);

type Outcome =
  | { readonly resolved: true; readonly value: unknown }
  | { readonly resolved: false; readonly error: unknown };

export async function runCase({ protocol, session, places, seed }: Case): Promise<Verdict> {
  let halfBoot: string | undefined;
  const rig = makeRig({
    protocol,
    model: session.model,
    flash: session.flash,
    ...(session.readoutLevel !== undefined && { readoutLevel: session.readoutLevel }),
    onChange: (flash) => (halfBoot ??= mixture(flash, session)),
  });
  const transport = new FaultyTransport(rig.open(), appointments(places), seeded(seed));
  const operations = places.filter((place) => "operation" in place);
  for (const { variant, operation } of operations) rig.chip.inject(variant.fault(operation));
  const first = await attempt(rig, session, transport);
  const met =
    transport.struck > 0 || operations.some(({ operation }) => operation < rig.chip.counters.operations);
  const verdict = judge(rig, session, first, places);
  const second = first.resolved
    ? { again: undefined, neededReset: false }
    : await runAgain(rig, session, places);
  return { met, halfBoot, ...verdict, ...second };
}

const appointments = (places: readonly Place[]): Appointment[] =>
  places.flatMap((place) =>
    "at" in place
      ? [{ at: place.at, wants: ({ kind }) => kind === place.variant.on, act: place.variant.act }]
      : [],
  );

/** At every change of the flash: a chip that would start now must start a whole program. */
function mixture(flash: Uint8Array, { programs, model }: Session): string | undefined {
  if (programs.length === 0 || !wouldBoot(flash, model.facts)) return undefined;
  return programs.some((program) => holds(flash, program)) ? undefined : "the chip would start a mixture";
}

async function attempt(rig: Rig, session: Session, transport: FaultyTransport): Promise<Outcome> {
  try {
    const target = await rig.connect(transport);
    try {
      return { resolved: true, value: await session.run(target) };
    } finally {
      await target.close();
    }
  } catch (error) {
    return { resolved: false, error };
  }
}

function judge(
  rig: Rig,
  session: Session,
  outcome: Outcome,
  places: readonly Place[],
): Pick<Verdict, "resolved" | "code" | "falseSuccess" | "wrongFailure" | "harm" | "retries"> {
  if (outcome.resolved) {
    const { value } = outcome;
    const retries = (value as { retries?: number } | undefined)?.retries ?? 0;
    return { resolved: true, code: undefined, falseSuccess: session.wrong(rig, value), retries };
  }
  const { error } = outcome;
  const code = error instanceof BootlaceError ? error.code : undefined;
  return {
    resolved: false,
    code,
    wrongFailure: wrongFailure(rig, session, error, places),
    harm: session.harm(rig),
    retries: 0,
  };
}

/** Codes that two faults may bring out besides those of the link: a refusal that came twice, a page that failed twice. */
const CHIP_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "REFUSED",
  "PROTECTED",
  "VERIFY_FAILED",
  "ERASE_FAILED",
]);

function wrongFailure(
  rig: Rig,
  session: Session,
  error: unknown,
  places: readonly Place[],
): string | undefined {
  if (!(error instanceof BootlaceError)) return `not a BootlaceError: ${String(error)}`;
  const { code, message, context } = error;
  const mayRefuse = places.length > 1;
  if (!LINK_CODES.has(code) && !(mayRefuse && CHIP_CODES.has(code))) return `${code}: ${message}`;
  const said = context.chipState ?? "";
  if (said.includes("was not changed") && session.harm({ ...rig, flash: rig.flash }) !== undefined)
    return `it says "${said}"`;
  if (said.includes("does not start") && wouldBoot(rig.flash, session.model.facts))
    return `it says "${said}"`;
  return undefined;
}

/** The user's next try: at once, and after a reset by hand where the chip hangs. */
async function runAgain(
  rig: Rig,
  session: Session,
  places: readonly Place[],
): Promise<Pick<Verdict, "again" | "neededReset">> {
  rig.chip.calm();
  const mustReset = places.some(({ variant }) => variant.sticks) || rig.chip.state === "off";
  if (mustReset) restart(rig);
  const outcome = await tryAgain(rig, session);
  if (outcome === undefined || mustReset) return { again: outcome, neededReset: mustReset };
  restart(rig);
  return { again: await tryAgain(rig, session), neededReset: true };
}

async function tryAgain(rig: Rig, session: Session): Promise<string | undefined> {
  const outcome = await attempt(rig, session, new FaultyTransport(rig.open(), [], seeded(1)));
  if (outcome.resolved) return onlyLost(session.wrong(rig, outcome.value), session, rig);
  return outcome.error instanceof Error ? outcome.error.message : String(outcome.error);
}

/** What shared a page with the image may be gone after a failure; everything else counts. */
const onlyLost = (wrong: string | undefined, session: Session, rig: Rig): string | undefined =>
  wrong?.startsWith("what lies behind the image") === true ? session.harm(rig) : wrong;

/** Of the models' ROMs, and some more. */
const SLOWEST_START_MS = 500;

function restart({ chip, clock }: Rig): void {
  chip.setPower(false);
  clock.advance(10);
  chip.setPower(true);
  clock.advance(SLOWEST_START_MS);
}

/** The session without a fault: its steps, and how many flash operations it has. */
export async function record(protocol: Protocol, session: Session) {
  const rig = makeRig({
    protocol,
    model: session.model,
    flash: session.flash,
    ...(session.readoutLevel !== undefined && { readoutLevel: session.readoutLevel }),
  });
  const transport = new FaultyTransport(rig.open(), [], seeded(1), true);
  const outcome = await attempt(rig, session, transport);
  if (!outcome.resolved) throw outcome.error;
  const wrong = session.wrong(rig, outcome.value);
  if (wrong !== undefined) throw new Error(`${protocol.name}, ${session.name}, no fault: ${wrong}`);
  return { steps: transport.seen!, operations: rig.chip.counters.operations };
}
