/** The doctor as a function: facts of this machine (doctor-facts.ts), and what is to be said of them (doctor.ts). */
import { checkArgument } from "../arguments.js";
import { BootlaceError } from "../errors.js";
import { TARGET } from "../transport/arguments.js";
import type { TargetAddress } from "../transport/target.js";
import { type Diagnosis, diagnose } from "./doctor.js";
import { gatherFacts } from "./doctor-facts.js";
import { inLibraryWords } from "../library-words.js";
import type { Finding } from "./finding.js";
import { readTarget } from "./open/read-target.js";

/**
 * Why bootlace would or would not work on this machine. Nothing is sent to a chip.
 * @param target what is meant to be used, "/dev/i2c-1" or "i2c:1@0x56"; without it, all buses and ports are looked at
 * @returns `ready`: the target can be used, or, without one, at least one bus or port can
 * @throws BootlaceError USAGE for a target that is not understood, or is a simulated chip
 */
export async function doctor(target?: string | TargetAddress): Promise<Diagnosis> {
  const { ready, findings } = await examine(target);
  const inWords = ({ nextStep, ...finding }: Finding): Finding =>
    nextStep === undefined ? finding : { ...finding, nextStep: inLibraryWords(nextStep) };
  return { ready, findings: findings.map(inWords) };
}

/** The same in the words of the command line. */
export async function examine(target?: string | TargetAddress): Promise<Diagnosis> {
  if (target !== undefined) checkArgument("target", TARGET, target);
  const place = typeof target === "string" ? readTarget(target) : target;
  if (place?.kind === "sim")
    throw new BootlaceError("USAGE", "a simulated chip needs nothing of this machine");
  if (place === undefined) return diagnose(await gatherFacts());
  const address = place.kind === "i2c" ? place.address : undefined;
  return diagnose(await gatherFacts({ path: place.path, address }));
}
