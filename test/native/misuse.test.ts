import { describe, expect, it } from "vitest";
import { answerOf, runChild } from "./harness.js";

interface Misuse {
  readonly table: Record<string, Record<string, number> & { accepted: string[] }>;
  readonly unlisted: string[];
}

const result = runChild("misuse");
const grid = async (): Promise<Misuse> => answerOf<Misuse>(await result);

describe("misuse from JavaScript", () => {
  it("never ends the process, whatever the arguments", async () => {
    expect(await result).toMatchObject({ status: 0, signal: null, stderr: "" });
  });

  it("leaves no function out of the grid", async () => {
    expect((await grid()).unlisted).toEqual([]);
  });

  it("gives TypeError, RangeError or SystemError and nothing else", async () => {
    const kinds = Object.values((await grid()).table).flatMap((row) => Object.keys(row));
    expect(new Set(kinds)).toEqual(new Set(["TypeError", "RangeError", "SystemError", "accepted"]));
  });

  it("accepts what is right, an empty buffer for a detached one, and nothing wrong", async () => {
    const { table } = await grid();
    const accepted = Object.entries(table).flatMap(([name, row]) =>
      row.accepted.map((label) => `${name}: ${label}`),
    );
    const wrong = accepted.filter((text) => !/: (good|too many) arguments$/.test(text));
    expect(wrong).toEqual([
      "i2cFunctionality: bus as argument 1",
      "i2cSetTimeout: bus as argument 1",
      "i2cSetRetries: bus as argument 1",
      "i2cTransfer: bus as argument 1",
      "i2cTransfer: shared bytes as argument 2", // eight zeros: a write of no bytes to address 0
      "i2cRun: bus as argument 1",
      "i2cRun: detached bytes as argument 3", // the empty program
      "i2cRun: bytes out of bounds as argument 3",
      "i2cAbort: bus as argument 1",
      "spiRun: spi as argument 1",
      "spiRun: detached bytes as argument 2", // the empty program
      "spiRun: bytes out of bounds as argument 2",
      "spiRun: wrong bytes as argument 3", // four bytes are a procedure, whatever they are
      "spiRun: cut write as argument 3",
      "spiAbort: spi as argument 1",
      "lockTake: bus as argument 1",
      "lockTake: file as argument 1",
      "lockTake: 2 to the 32 as argument 2",
      "lockQuery: bus as argument 1",
      "lockQuery: file as argument 1",
      "lockQuery: 2 to the 32 as argument 2",
      "lockRelease: bus as argument 1",
      "lockRelease: file as argument 1",
      "lockRelease: 2 to the 32 as argument 2",
      "gpioChipInfo: chip as argument 1",
      "gpioLineInfo: chip as argument 1",
      "gpioRequest: chip as argument 1",
      "gpioConfigure: lines as argument 1",
      "gpioConfigure: detached bytes as argument 3", // an input has no values
      "gpioConfigure: bytes out of bounds as argument 3",
      "gpioSet: lines as argument 1",
      "gpioGet: lines as argument 1",
      "close: closed as argument 1",
    ]);
  });

  it("answers a closed handle with EBADF in every function that takes one", async () => {
    const { table } = await grid();
    const takers = Object.keys(table).filter((name) => !/Open$|^close$|^tty/.test(name));
    expect(takers.map((name) => [name, table[name]!["SystemError"]])).toEqual(
      takers.map((name) => [name, 1]),
    );
  });
});
