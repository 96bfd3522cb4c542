/** From "a bootloader answers" to the facts that the jobs need: which chip, how much flash, what is odd about its bootloader. */
import { toHex } from "../../bytes.js";
import { devicesAtAddress } from "../../devices/address.js";
import { NO_QUIRKS, type BootloaderRow, type Device, type Geometry } from "../../devices/device.js";
import { customGeometry, geometryOf } from "../../devices/geometry.js";
import { deviceByProductId } from "../../devices/load.js";
import { deviceByName } from "../../devices/name.js";
import { limitationsOf, quirksOf } from "../../devices/quirks.js";
import { uidFrom, uidReadPlan } from "../../devices/registers.js";
import { namedWithoutRow } from "../../devices/without-row.js";
import { BootlaceError, hex } from "../../errors.js";
import { Bootloader } from "../../protocol/bootloader.js";
import { GET_ID } from "../../protocol/commands.js";
import { getId, type Identity } from "../../protocol/identify.js";
import { withRetries, untilTwiceTheSame } from "../../protocol/ask-again.js";
import type { Transport } from "../../transport/transport.js";
import { PageNumbers } from "./page-numbers.js";
import type { ChipInfo } from "../job.js";
import { flashSizeOf, givenFlashSize, type FlashSize } from "./flash-size.js";
import type { ChecksumSource } from "../look/checksummer.js";
import { checkRate } from "./rate.js";
import { RegisterReader } from "./registers.js";
import type { Session } from "./session.js";

export interface IdentifyOptions {
  /** The I2C address asked, where there is one. */
  readonly address?: number | undefined;
  readonly chip?: string | undefined;
  readonly flashSize?: number | undefined;
  readonly pageSize?: number | undefined;
  readonly layout?: string | undefined;
}

const DEFAULT_FLASH_BASE = 0x0800_0000;

export async function identifyChip(
  transport: Transport,
  first: Identity,
  options: IdentifyOptions,
): Promise<Session> {
  const identity = {
    ...first,
    productId: await confirmedProductId(transport, first.productId, options.address),
  };
  const device = await deviceByProductId(identity.productId);
  await checkExpected(device, identity.productId, options.chip);
  const reader = new RegisterReader(new Bootloader(transport, identity));
  const row = device && (await bootloaderRow(reader, device));
  const size = device && (await sizeFor(reader, device, options));
  const geometry = geometryFor(device, size, options);
  const quirks = device ? quirksOf(device, row?.id) : NO_QUIRKS;
  if (row) checkRate(transport.baud, quirks, `${device.name}: bootloader ${row.version}`);
  const chip = describe({ transport, identity, device, row, reader, geometry, size, options });
  const confirm = (): Promise<void> => reader.confirm();
  const loader = new Bootloader(transport, identity, quirks);
  const checksums: ChecksumSource | undefined = loader.canChecksum
    ? { kind: "rom", refused: false }
    : undefined;
  return { loader, chip, device, geometry, quirks, numbers: new PageNumbers(geometry), checksums, confirm };
}

/**
 * The answer of Get ID has no checksum, and pages are numbered by what it says: an ID must come twice, unless it is one that a chip
 * at this address has and no flipped bit makes another one's.
 */
async function confirmedProductId(
  transport: Transport,
  productId: number,
  address: number | undefined,
): Promise<number> {
  const expected = address === undefined ? [] : await devicesAtAddress(address);
  const near = expected.filter(({ device }) => bitsBetween(device.productId, productId) <= 2);
  if (near.length === 1 && near[0]!.device.productId === productId) return productId;
  const ask = (): Promise<number> => withRetries(transport, () => getId(transport));
  const again = await ask();
  return again === productId ? again : untilTwiceTheSame(GET_ID.name, ask, (a, b) => a === b);
}

function bitsBetween(a: number, b: number): number {
  let bits = 0;
  for (let rest = a ^ b; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}

async function checkExpected(
  device: Device | undefined,
  productId: number,
  wanted: string | undefined,
): Promise<void> {
  if (wanted === undefined) return;
  const match = await deviceByName(wanted);
  if (match.kind === "unknown") throw new BootlaceError("USAGE", match.message);
  const ids =
    match.kind === "found" ? [match.device.productId] : match.candidates.map((entry) => entry.productId);
  if (ids.includes(productId)) return;
  const found = device
    ? `${device.name} (product ID ${hex(productId, 3)})`
    : `product ID ${hex(productId, 3)}`;
  throw new BootlaceError("WRONG_CHIP", `${found} answers where ${wanted} was expected`, {
    chipState: "the flash was not changed; the chip is still in its bootloader",
  });
}

/** The version in the chip's system memory, AN2606 rev 70 table 3; undefined where it cannot be read or is not known. */
async function bootloaderRow(reader: RegisterReader, device: Device): Promise<BootloaderRow | undefined> {
  const known = device.bootloaders.filter(({ id, idAddress }) => id !== undefined && idAddress !== undefined);
  const address = known[0]?.idAddress;
  if (address === undefined) return undefined;
  const bytes = await reader.read({ address, length: 1 });
  return bytes && known.find(({ id }) => (id! & 0xff) === bytes[0]);
}

export async function uniqueIdOf(loader: Bootloader, device: Device): Promise<string | undefined> {
  const plan = uidReadPlan(device);
  const block = plan && (await new RegisterReader(loader).readTwice(plan));
  return block && toHex(uidFrom(device, block));
}

/** A page size describes the whole layout: the row has no say in it. */
async function sizeFor(
  reader: RegisterReader,
  device: Device,
  { flashSize, pageSize }: IdentifyOptions,
): Promise<FlashSize | undefined> {
  if (flashSize === undefined) return flashSizeOf(reader, device);
  return pageSize === undefined ? givenFlashSize(device, flashSize) : undefined;
}

function geometryFor(
  device: Device | undefined,
  size: FlashSize | undefined,
  options: IdentifyOptions,
): Geometry {
  const { flashSize, pageSize, layout } = options;
  refuseWithoutEffect(device, options);
  if (flashSize !== undefined && pageSize !== undefined)
    return customGeometry({
      flashBase: device?.flash.base ?? DEFAULT_FLASH_BASE,
      flashSize,
      pageSize,
      writeAlign: device?.flash.writeAlign,
      erasedValue: device?.flash.erasedValue,
    });
  if (device) return geometryOf(device, size?.bytes, layout);
  return { ...NO_FLASH, size: flashSize ?? 0, end: NO_FLASH.base + (flashSize ?? 0) };
}

/** An option that would change nothing was meant to: it is refused. */
function refuseWithoutEffect(
  device: Device | undefined,
  { flashSize, pageSize, layout }: IdentifyOptions,
): void {
  if (pageSize !== undefined && flashSize === undefined)
    throw new BootlaceError("USAGE", "a page size says nothing without a flash size", {
      hint: "Give both, with --flash-size and --page-size.",
    });
  if (layout !== undefined && (device === undefined || pageSize !== undefined))
    throw new BootlaceError(
      "USAGE",
      device
        ? "a page size describes the whole layout: --layout has no meaning beside it"
        : "this chip is not in the device table, which has the layouts",
      { hint: "Leave --layout away." },
    );
}

/** Of a chip that nobody knows: `info` and `read` of a range work, what needs pages says UNKNOWN_CHIP. */
const NO_FLASH: Geometry = {
  base: DEFAULT_FLASH_BASE,
  size: 0,
  end: DEFAULT_FLASH_BASE,
  unit: "page",
  pages: [],
  banks: 1,
  writeAlign: 16,
  erasedValue: 0xff,
  massErase: false,
};

interface Findings {
  readonly transport: Transport;
  readonly identity: Identity;
  readonly device: Device | undefined;
  readonly row: BootloaderRow | undefined;
  readonly reader: RegisterReader;
  readonly geometry: Geometry;
  readonly size: FlashSize | undefined;
  readonly options: IdentifyOptions;
}

function describe({ transport, identity, device, row, reader, geometry, size, options }: Findings): ChipInfo {
  const from =
    options.flashSize !== undefined
      ? "option"
      : size?.bytes !== undefined
        ? "size register"
        : device
          ? "largest of its product ID"
          : "nothing: size not known";
  const unnamed = device ? undefined : namedWithoutRow(identity.productId);
  const doubts = [size?.doubt, unnamed?.sentence, ...(geometry.warnings ?? [])].filter(
    (text) => text !== undefined,
  );
  return {
    productId: identity.productId,
    name: device?.name ?? unnamed?.name ?? `unknown chip ${hex(identity.productId, 3)}`,
    protocol: `${identity.version >> 4}.${identity.version & 0xf}`,
    commands: identity.commands,
    geometry,
    flashSizeFrom: from,
    port: transport.description,
    doubts,
    notes: [...doubts, ...limitationsOf(device, row?.id)],
    device,
    bootloaderId: row?.id,
    bootloaderVersion: row?.version,
    readoutProtected: reader.protected,
  };
}
