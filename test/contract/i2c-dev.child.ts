/** The contract on i2c-dev, behind the preload library: argument 1 is the bus, a chip for case n sits at address 0x10 + n. */
import { openI2cDev } from "../../src/transport/i2c/dev.js";
import { CASES } from "./transport.contract.js";
import type { ContractCase } from "./transport.contract.js";

const path = process.argv[2] ?? "";

async function outcome({ run }: ContractCase, index: number): Promise<string> {
  const transport = await openI2cDev({ path, address: 0x10 + index });
  const openDeaf = async () => ({
    transport: await openI2cDev({ path, address: 0x7f }),
    failure: "system" as const,
  });
  try {
    await run({ transport, openDeaf });
    return "passed";
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    await transport.close();
  }
}

const outcomes: string[] = [];
for (const [index, each] of CASES.entries()) outcomes.push(await outcome(each, index));
process.stdout.write(JSON.stringify(outcomes));
