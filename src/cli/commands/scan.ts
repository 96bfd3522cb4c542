/** `bootlace scan`: which addresses of an I2C bus answer as a bootloader. */
import type { Command } from "commander";
import { BootlaceError, hex } from "../../errors.js";
import type { SkippedAddress } from "../../host/scan-policy.js";
import type { Context } from "../context.js";
import { document } from "../json.js";
import { addExamples, parsed } from "../options.js";
import { wrap } from "../text.js";
import type { Act } from "../verb.js";
import { busPath } from "./funcs.js";

interface ScanOptions {
  readonly port?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

interface Answer {
  readonly address: number;
  /** "1.2" */
  readonly protocol?: string;
  /** Something is there, but not a bootloader at a command boundary; or it could not be asked. */
  readonly trouble?: string;
  /** Families whose bootloader has this address. */
  readonly chips: readonly string[];
}

interface ScanResult {
  readonly port: string;
  readonly asked: readonly number[];
  readonly skipped: readonly SkippedAddress[];
  readonly answers: readonly Answer[];
}

export function define(command: Command, act: Act): void {
  command
    .option("-p, --port <bus>", "number or path of the bus: 1 or /dev/i2c-1 [BOOTLACE_PORT]", parsed(busPath))
    .option("--all", "also ask 0x50 to 0x57, where EEPROMs live: two bytes change an EEPROM")
    .option("--json", "one JSON document on stdout");
  addExamples(command, "bootlace scan --port /dev/i2c-1", "bootlace scan --port 1 --all --json");
  command.addHelpText(
    "after",
    "\nAsked by Get Version, and only at addresses that STM32 bootloaders use and no\nkernel driver owns. Exit status 0: found some; 20: nobody answers.",
  );
  command.action(act(run));
}

async function run(context: Context, options: ScanOptions): Promise<number> {
  const { io } = context;
  const fromEnv = io.env["BOOTLACE_PORT"];
  const port = options.port ?? (fromEnv ? busPath(fromEnv) : undefined);
  if (port === undefined) {
    throw new BootlaceError("USAGE", "no bus: --port is missing and BOOTLACE_PORT is not set", {
      hint: "`bootlace ports` lists what is there.",
    });
  }
  const result = await scanBus(port, options.all === true, context.signal);
  io.stdout.write(options.json === true ? document("scan", result) : scanText(result));
  const found = result.answers.some(({ protocol }) => protocol !== undefined);
  return found ? 0 : new BootlaceError("NO_REPLY", "").exitStatus;
}

async function scanBus(port: string, all: boolean, signal: AbortSignal): Promise<ScanResult> {
  const { CATALOGUE } = await import("../../devices/catalogue.js");
  const { busNumberOf } = await import("../../host/adapters.js");
  const { boundDrivers } = await import("../../host/bound-driver.js");
  const { planScan } = await import("../../host/scan-policy.js");
  const { openBus } = await import("../../transport/i2c/dev.js");
  const bus = await openBus(port);
  try {
    const { ask, skip } = planScan({
      known: CATALOGUE.flatMap(({ addresses, doubtful }) => [...addresses, ...doubtful]),
      bound: boundDrivers(busNumberOf(port) ?? -1),
      all,
    });
    await refuseSmbus(port);
    const answers: Answer[] = [];
    for (const address of ask) {
      const answer = await askAt(port, address, signal);
      if (answer === undefined) continue;
      const chips = CATALOGUE.filter(({ addresses }) => addresses.includes(address)).map(({ name }) => name);
      answers.push({ address, ...answer, chips });
    }
    return { port, asked: ask, skipped: skip, answers };
  } finally {
    await bus.close();
  }
}

/** @throws BootlaceError SMBUS_ONLY before anything is sent */
async function refuseSmbus(port: string): Promise<void> {
  const { openI2cDev } = await import("../../transport/i2c/dev.js");
  const probe = await openI2cDev({ path: port, address: 0x08 });
  await probe.close();
}

/** @returns undefined when nobody acknowledges the address */
async function askAt(
  path: string,
  address: number,
  signal: AbortSignal,
): Promise<Pick<Answer, "protocol" | "trouble"> | undefined> {
  const { lockTarget } = await import("../../host/lock.js");
  const { getVersion } = await import("../../protocol/identify.js");
  const { openI2cDev } = await import("../../transport/i2c/dev.js");
  signal.throwIfAborted();
  try {
    const lock = await lockTarget(path, address, { signal });
    try {
      const transport = await openI2cDev({ path, address });
      const version = await getVersion(transport).finally(() => transport.close());
      return { protocol: `${version >> 4}.${version & 0xf}` };
    } finally {
      lock.release();
    }
  } catch (error) {
    if (!(error instanceof BootlaceError)) throw error;
    if (error.code === "NO_REPLY") return undefined;
    if (!ANSWERS.has(error.code)) throw error;
    return { trouble: error.message };
  }
}

/** Failures that say something of this address, not of the bus as a whole. */
const ANSWERS = new Set(["TARGET_LOCKED", "REFUSED", "DESYNCHRONISED", "TIMED_OUT", "BUS_FAILED"]);

function scanText({ port, asked, skipped, answers }: ScanResult): string {
  const lines = answers.map(({ address, protocol, trouble, chips }) => {
    const who = chips.length === 0 ? "" : `: ${chips.join(", ")}`;
    const what =
      protocol === undefined
        ? `no bootloader, or a busy one: ${trouble ?? ""}`
        : `bootloader, protocol ${protocol}${who}`;
    return wrap(`${hex(address, 2)}  ${what}`, 79, 6);
  });
  if (lines.length === 0) lines.push(`No bootloader answers on ${port} (${asked.length} addresses asked).`);
  for (const { address, why, owner } of skipped) {
    const reason =
      why === "owned"
        ? `the kernel driver ${owner?.driver ?? ""} owns it`
        : "an EEPROM could live there, --all asks all the same";
    lines.push(wrap(`${hex(address, 2)}  not asked: ${reason}`, 79, 6));
  }
  return `${lines.join("\n")}\n`;
}
