/** The contract on i2c-dev, behind the preload library: argument 1 is the bus, a chip for case n sits at address 0x10 + n. */
import { transportContract } from "../../src/transport/contract/contract.js";
import type { ContractTest } from "../../src/transport/contract/contract.js";
import type { ContractRig } from "../../src/transport/contract/rig.js";
import { openI2cDev } from "../../src/transport/i2c/dev.js";

const path = process.argv[2] ?? "";
let next = 0x10;

const open = async (): Promise<ContractRig> => ({
  transport: await openI2cDev({ path, address: next++ }),
  openDeaf: async () => ({
    transport: await openI2cDev({ path, address: 0x7f }),
    failure: "system" as const,
  }),
  close: () => Promise.resolve(),
});

async function outcome({ run }: ContractTest): Promise<string> {
  try {
    await run();
    return "passed";
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

const outcomes: string[] = [];
for (const each of transportContract(open)) outcomes.push(await outcome(each));
process.stdout.write(JSON.stringify(outcomes));
