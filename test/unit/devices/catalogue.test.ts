import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { CATALOGUE } from "../../../src/devices/catalogue.js";
import { allDevices, deviceByProductId } from "../../../src/devices/load.js";

it("the index says what the rows say", async () => {
  const devices = await allDevices();
  expect(CATALOGUE).toEqual(
    devices.map(({ productId, series, name, parts, bootloaders }) => {
      const i2c = bootloaders.flatMap((bootloader) => bootloader.i2c);
      const sure = new Set(
        i2c.filter(({ alternatives }) => alternatives.length === 0).map(({ address }) => address),
      );
      const doubtful = i2c
        .filter(({ alternatives }) => alternatives.length > 0)
        .flatMap(({ address, alternatives }) => [address, ...alternatives])
        .filter((address) => !sure.has(address));
      const list = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b);
      return { productId, series, name, parts, addresses: list(sure), doubtful: list(doubtful) };
    }),
  );
});

it("every entry loads its own row", async () => {
  for (const { productId } of CATALOGUE)
    expect((await deviceByProductId(productId))?.productId).toBe(productId);
});

it("the index and its readers import no row statically, so that a start loads none", async () => {
  for (const file of [
    "catalogue",
    "load",
    "name",
    "address",
    "geometry",
    "registers",
    "quirks",
    "quirk-rows",
    "leave",
  ]) {
    const source = await readFile(new URL(`../../../src/devices/${file}.ts`, import.meta.url), "utf8");
    expect(source, file).not.toMatch(/^import .*rows\/[a-z0-9]+\.js"/m);
  }
});
