/** What the host sends is byte for byte what AN4221, AN3155 and AN4286 show: every dialogue of the reference, I2C, UART and SPI. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Bootloader } from "../../../src/protocol/bootloader.js";
import { getChecksum } from "../../../src/protocol/checksum.js";
import { connectBootloader } from "../../../src/protocol/connect.js";
import { dataFrame } from "../../../src/protocol/frames.js";
import { getId, getVersion } from "../../../src/protocol/identify.js";
import { dialectOf } from "../../../src/protocol/dialect/table.js";
import type { Transport } from "../../../src/transport/transport.js";
import { I2C_TRAITS, SPI_TRAITS, UART_TRAITS } from "../../../src/transport/traits.js";
import { parseBytes, ScriptedTransport, type Turn } from "../../support/scripted-transport.js";

interface Vectors {
  readonly i2c: readonly { readonly title: string; readonly frames: readonly [string, string][] }[];
  readonly usart: readonly { readonly title: string; readonly steps: readonly [string, string][] }[];
  readonly spi: readonly { readonly title: string; readonly exchanges: readonly [string, string][] }[];
}
const vectors = JSON.parse(
  readFileSync(new URL("../../fixtures/vectors.json", import.meta.url), "utf8"),
) as Vectors;

const turns = (lines: readonly [string, string][]): Turn[] =>
  lines.map(([who, bytes]) => ({
    by: who === "W" || who === "H>" ? "host" : "chip",
    bytes: parseBytes(bytes),
  }));

const PLAIN = [0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92];
const NO_STRETCH = [0x32, 0x45, 0x64, 0x74, 0x83, 0x93];

/** The chip of a dialogue: it lists just what the dialogue's opcode needs. */
const loaderFor = (transport: Transport, title: string): Bootloader => {
  const commands = [
    ...PLAIN.filter((opcode) => opcode !== 0x44 || !title.startsWith("Legacy")),
    ...(title.startsWith("No-stretch") ? NO_STRETCH : []),
    ...(title.startsWith("Legacy") ? [0x43] : []),
    0x50, 0x51, 0xa1,
  ]; // prettier-ignore
  return new Bootloader(transport, { version: 0x12, commands, productId: 0x460 });
};

const BASE = 0x0800_0000;
const DATA = Uint8Array.of(0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88);
const FOUR = Uint8Array.of(0xde, 0xad, 0xbe, 0xef);

type Play = (loader: Bootloader, title: string) => Promise<unknown>;

/** Title to what the host does; the first pattern that fits. */
const PLAYS: readonly [RegExp, Play][] = [
  [/^Get, protocol/, async ({ transport }, title) => identifyOnly(transport, title)],
  [/^Get Version/, ({ transport }) => getVersion(transport)],
  [/^Get ID/, ({ transport }) => getId(transport)],
  [/^Read 16 bytes/, (loader) => loader.readMemory(BASE, 16)],
  [/^Read 256 bytes/, (loader) => failing(loader.readMemory(0x1fff_7800, 256))],
  [/^Read refused: protection/, (loader) => failing(loader.readMemory(BASE, 4))],
  [/^Read refused: address/, (loader) => failing(loader.readMemory(0x6000_0000, 4))],
  [/^Go to/, (loader) => loader.go(BASE)],
  [/Write 8 bytes|Write, same data/, (loader) => loader.writeMany([{ address: BASE, bytes: DATA }])],
  [/^Write 4 bytes/, (loader) => loader.writeMany([{ address: 0x2000_3000, bytes: FOUR }])],
  [/^(Legacy Erase, everything|No-stretch Erase, mass)/, (loader) => loader.eraseSpecial("mass")],
  [/^No-stretch Erase, bank 1/, (loader) => loader.eraseSpecial("bank1")],
  [/^No-stretch Erase, bank 2/, (loader) => loader.eraseSpecial("bank2")],
  [/mass \/ bank 1 \/ bank 2/, (loader) => eraseAll(loader)],
  [/0x100\.\.0x102/, (loader) => loader.erasePageList([0x100, 0x101, 0x102])],
  [/pages 1 and 2/, (loader) => loader.erasePageList([1, 2])],
  [/page 1$/, (loader) => loader.erasePageList([1])],
  [/Write Protect sectors 1 and 3/, (loader) => loader.writeProtect([1, 3])],
  [/Write Protect, one sector 5/, (loader) => loader.writeProtect([5])],
  [/Write Unprotect/, (loader) => loader.writeUnprotect()],
  [/Readout Protect/, (loader) => loader.readoutProtect()],
  [/Readout Unprotect/, (loader) => loader.readoutUnprotect()],
  [/init 0$/, ({ transport }) => getChecksum(transport, BASE, 16, { initial: 0 })],
  [/Get Checksum, 16 bytes/, (loader) => loader.checksum(BASE, 16)],
  [/Get Checksum, 256 bytes/, (loader) => loader.checksum(BASE, 256)],
];

const failing = async (work: Promise<unknown>): Promise<unknown> => expect(work).rejects.toThrow();

async function eraseAll(loader: Bootloader): Promise<void> {
  for (const what of ["mass", "bank1", "bank2"] as const) await loader.eraseSpecial(what);
}

/** The Get dialogue alone. */
async function identifyOnly(transport: Transport, title: string): Promise<void> {
  const [, major, minor] = /protocol (\d)\.(\d)/.exec(title)!;
  const version = Number(`0x${major!}${minor!}`);
  expect((await dialectOf(transport).get(transport, { version })).version).toBe(version);
}

const playOf = (title: string): Play => {
  const play = PLAYS.find(([pattern]) => pattern.test(title));
  if (!play) throw new Error(`nothing plays "${title}"`);
  return play[1];
};

/** Commands that the host has no use for: the simulator answers them, see its own tests. */
const NOT_SENT = /Special/;

describe("on I2C the host sends the bytes of the reference", () => {
  it.each(
    vectors.i2c
      .filter(({ title }) => !NOT_SENT.test(title))
      .map(({ title, frames }) => [title, frames] as const),
  )("%s", async (title, frames) => {
    const transport = new ScriptedTransport(I2C_TRAITS, turns(frames));
    await playOf(title)(loaderFor(transport, title), title);
    expect(transport.left).toBe("");
  });
});

const SPOKEN_BELOW = /^Connect|wrong data checksum/;

describe("on UART the host sends the bytes of the reference", () => {
  it.each(
    vectors.usart
      .filter(({ title }) => !SPOKEN_BELOW.test(title) && !NOT_SENT.test(title))
      .map(({ title, steps }) => [title, steps] as const),
  )("%s", async (title, steps) => {
    const transport = new ScriptedTransport(UART_TRAITS, turns(steps));
    await playOf(title)(loaderFor(transport, title), title);
    expect(transport.left).toBe("");
  });

  it.each(
    vectors.usart
      .filter(({ title }) => title.startsWith("Connect"))
      .map(({ title, steps }) => [title, steps] as const),
  )("%s", async (_title, steps) => {
    const transport = new ScriptedTransport(UART_TRAITS, turns(steps));
    await expect(connectBootloader(transport)).rejects.toThrow("the host sent 02"); // on to Get ID
    expect(transport.left).toBe("");
  });

  it("a write whose checksum is spoiled on the way is told as a refusal in the data stage", async () => {
    const { steps } = vectors.usart.find(({ title }) => title.includes("wrong data checksum"))!;
    const spoiled = turns(steps).map((turn) =>
      turn.bytes.at(-1) === 0x22 ? { ...turn, bytes: [...dataFrame(FOUR)] } : turn,
    );
    const transport = new ScriptedTransport(UART_TRAITS, spoiled);
    const writing = loaderFor(transport, "").writeMany([{ address: 0x2000_3000, bytes: FOUR }]);
    await expect(writing).rejects.toThrow("Write Memory at 0x20003000: refused in the data stage");
  });
});

/** Polls and the acknowledgement are the transport's: of them the status is left, and of a reply what is behind its dummy byte. */
function spiTurns(exchanges: readonly [string, string][]): Turn[] {
  return exchanges.flatMap(([mosi, miso], index): Turn[] => {
    const came = miso.split(" ");
    if (mosi.endsWith("00 79")) return [{ by: "chip", bytes: parseBytes(came.at(-2)!) }];
    if (!/^(00 ?)+$/.test(mosi) || /^[x ]+$/.test(miso)) return [{ by: "host", bytes: parseBytes(mosi) }];
    const reply = parseBytes(came.slice(1).join(" "));
    const isGet = exchanges[index - 2]?.[0] === "5A 00 FF";
    const parts = isGet ? [reply.slice(0, 1), reply.slice(1)] : [reply];
    return parts.map((bytes) => ({ by: "chip", bytes }));
  });
}

/** Ends of dialogues that begin elsewhere in the list. */
const SPI_HEADS: readonly [RegExp, readonly [string, string][]][] = [
  [/last read only/, [["5A A1 5E", ""], ["08 00 00 00 08", ""], ["00 00 00 04 04", ""], ["04 C1 1D B7 6F", ""]]],
  [/count frames/, [["5A 44 BB", ""]]],
]; // prettier-ignore

describe("on SPI the host sends the bytes of the reference", () => {
  const withHead = (title: string, exchanges: readonly [string, string][]): Turn[] => {
    const [, head = []] = SPI_HEADS.find(([pattern]) => pattern.test(title)) ?? [];
    const ack = (frame: string): Turn[] => [
      { by: "host", bytes: parseBytes(frame) },
      { by: "chip", bytes: [0x79] },
    ];
    const begun = head.flatMap(([frame]) => ack(frame));
    if (!title.includes("count frames")) return [...begun, ...spiTurns(exchanges)];
    return exchanges.flatMap(([frame]) => [...begun, ...ack(frame), ...SETTLED]);
  };

  it.each(
    vectors.spi
      .filter(({ title }) => title !== "Synchronise" && !NOT_SENT.test(title))
      .map(({ title, exchanges }) => [title, exchanges] as const),
  )("%s", async (title, exchanges) => {
    const erases = /^(Erase|Mass)/.test(title);
    const script = [...withHead(title, exchanges), ...(erases ? SETTLED : [])];
    const transport = new ScriptedTransport(SPI_TRAITS, script);
    await spiPlay(title)(loaderFor(transport, title), title);
    expect(transport.left).toBe("");
  });
});

/** Get ID, with which the host makes sure that an erase is over. */
const SETTLED: readonly Turn[] = [
  { by: "host", bytes: [0x5a, 0x02, 0xfd] },
  { by: "chip", bytes: [0x79] },
  { by: "chip", bytes: [0x01, 0x04, 0x60] },
  { by: "chip", bytes: [0x79] },
];

const SPI_PLAYS: readonly [RegExp, Play][] = [
  [/^Read 4 bytes/, (loader) => loader.readMemory(BASE, 4)],
  [/^Read, protection/, (loader) => failing(loader.readMemory(BASE, 4))],
  [/^Mass erase/, (loader) => loader.eraseSpecial("mass")],
  [/count frames/, async (loader) => {
    await loader.eraseSpecial("bank1");
    await loader.eraseSpecial("bank2");
  }],
  [/init 0 /, ({ transport }) => getChecksum(transport, BASE, 16, { initial: 0 })],
]; // prettier-ignore

const spiPlay = (title: string): Play =>
  SPI_PLAYS.find(([pattern]) => pattern.test(title))?.[1] ?? playOf(title);

describe("answers of the reference are understood", () => {
  const on = (title: string): Bootloader => {
    const { frames } = vectors.i2c.find((vector) => vector.title.startsWith(title))!;
    return loaderFor(new ScriptedTransport(I2C_TRAITS, turns(frames)), title);
  };

  it("the product ID is the two bytes after the count", async () => {
    expect(await getId(on("Get ID").transport)).toBe(0x460);
  });
  it("the checksum is the CRC of the words", async () => {
    expect(await on("Get Checksum, 256").checksum(BASE, 256)).toBe(0xb7ec_66f4);
  });
});
