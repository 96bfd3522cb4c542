/**
 * What every transport promises (transport.ts), as cases that run against any of them, in any test runner or in none.
 * On the other end is a simulated chip, `CONTRACT_CHIP`.
 */
import { LIST_CASES } from "./list-cases.js";
import { POLL_CASES } from "./poll-cases.js";
import type { ContractRig } from "./rig.js";
import { SYNC } from "./steps.js";
import { TURN_CASES } from "./turn-cases.js";

/** One promise of the contract, ready to be tried. */
export interface ContractTest {
  /** A sentence: what the transport promises. */
  readonly name: string;
  /** Opens a rig, tries the promise and closes all again. @throws Error that says what was expected and what came */
  readonly run: () => Promise<void>;
}

/**
 * The suite for one kind of transport.
 * @param open a rig for one case: a transport that was just opened, with a chip of its own
 * @returns the cases, to be handed to a test runner: `for (const { name, run } of transportContract(open)) test(name, run)`
 */
export function transportContract(open: () => Promise<ContractRig>): readonly ContractTest[] {
  return [...LIST_CASES, ...POLL_CASES, ...TURN_CASES].map(({ name, check }) => ({
    name,
    run: async () => {
      const rig = await open();
      try {
        await rig.transport.exchange(SYNC[rig.transport.traits.dialect]);
        await check(rig);
      } finally {
        await rig.transport.close();
        await rig.close();
      }
    },
  }));
}
