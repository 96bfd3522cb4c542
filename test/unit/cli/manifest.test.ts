import { readFileSync } from "node:fs";
import Ajv from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEAST_MESSAGE } from "../../../src/transport/i2c/frame-limits.js";
import { FIELDS, parseManifest } from "../../../src/cli/manifest.js";

const schema = JSON.parse(readFileSync("schema/targets.schema.json", "utf8")) as {
  properties: Record<string, { properties?: object; items?: { properties: object } }>;
};
const validate = new Ajv().compile(schema);

const accepts = (content: unknown): boolean => {
  try {
    parseManifest(JSON.stringify(content), "m.json");
    return true;
  } catch {
    return false;
  }
};

describe("a file of targets", () => {
  it.each([
    ["{", "manifest m.json: not JSON"],
    ["[]", 'manifest m.json: an object with a list "targets" of at least one target is expected'],
    ['{"targets":[]}', "of at least one target"],
    ['{"targets":[1]}', "target 1: an object is expected"],
    ['{"targets":[{"port":"1"},{"prot":"1"}]}', 'target 2: unknown field "prot"; did you mean "port"?'],
    [
      '{"targets":[{"port":"1","x":"1"}]}',
      'target 1: unknown field "x"; there are name, image, port, address',
    ],
    ['{"targets":[{"address":"0x56"}]}', 'target 1: "port" is missing'],
    ['{"targets":[{"port":""}]}', 'target 1: "port": must be text in quotes'],
    ['{"targets":[{"port":"1","address":86}]}', 'target 1: "address": must be text in quotes'],
    ['{"targets":[{"port":"1","address":"0xAC"}]}', 'target 1: "address": I2C addresses have 7 bits here'],
    ['{"targets":[{"port":"1","force":"yes"}]}', 'target 1: "force": must be true or false'],
    [
      '{"targets":[{"port":"1","line":"boot0=1"}]}',
      'target 1: "line": must be a list, like ["boot0=GPIO17"]',
    ],
    ['{"targets":[{"port":"1"}],"default":{}}', 'unknown field "default"; did you mean "defaults"?'],
    ['{"targets":[{"port":"1"}],"defaults":{"port":"1"}}', 'defaults: unknown field "port"; there are chip'],
    ['{"targets":[{"port":"1","__proto__":{}}]}', 'unknown field "__proto__"'],
  ])("%s is refused", (text, message) => {
    expect(() => parseManifest(text, "m.json")).toThrow(message);
  });
});

/** For each field of a target, values of which some are good. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  name: ["left", "", 7],
  image: ["app.hex", ["a"]],
  port: ["1", "/dev/ttyS1", "", null],
  address: ["0x56", "0X8", "0x7F", "0x07", "0x80", "56", "0x056", 86],
  chip: ["stm32g071", "", 1],
  baud: [9600, 1199, 4_000_001, 9600.5, "fast"],
  mode: ["8e1", "7e1", 8],
  resetSequence: ["usb", 1],
  line: [["boot0=GPIO17", "nrst=gpiochip0:27"], ["boot0"], "boot0=1", [1]],
  wait: [0, 0.5, 10, "500ms", "2s", -1, "soon"],
  waitDevice: [0, 0.5, 10, "500ms", "2s", -1, "soon"],
  waitChip: [0, 0.5, 10, "500ms", "2s", -1, "soon"],
  flashSize: [131_072, "128k", "0x20000", 0, "0k", 1.5, "big"],
  pageSize: [2048, "2k", "0x0", -1],
  layout: ["single-bank", 1],
  maxFrame: [LEAST_MESSAGE, 258, LEAST_MESSAGE - 1, 259, "64.5"],
  crcProgram: [true, false, 1],
  force: [true, false, "yes"],
};

describe("the schema of that file", () => {
  const { defaults, targets } = schema.properties;

  it("has the fields that the parser knows", () => {
    expect(Object.keys(targets!.items!.properties).sort()).toEqual(Object.keys(FIELDS).sort());
    expect(Object.keys(VALUES).sort()).toEqual(Object.keys(FIELDS).sort());
    const ofOneChip = ["name", "image", "port", "address"];
    expect(Object.keys(defaults!.properties!).sort()).toEqual(
      Object.keys(FIELDS)
        .filter((name) => !ofOneChip.includes(name))
        .sort(),
    );
  });

  const entry = fc.record(
    Object.fromEntries(Object.entries(VALUES).map(([name, values]) => [name, fc.constantFrom(...values)])),
    { requiredKeys: [] },
  );
  const extra = fc.constantFrom({}, { prot: "1" });

  it("and the parser agree on every entry", () => {
    fc.assert(
      fc.property(entry, extra, (fields, more) => {
        const content = { targets: [{ ...fields, ...more }] };
        expect(validate(content), JSON.stringify(content)).toBe(accepts(content));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(Object.entries(VALUES))("and the parser agree on each value of %s", (name, values) => {
    const seen = values.map((value) => {
      const content = { targets: [{ port: "1", [name]: value }] };
      expect(validate(content), JSON.stringify(content)).toBe(accepts(content));
      return validate(content);
    });
    expect(new Set(seen).size, "good and bad ones").toBe(2);
  });

  it.each([
    [{ targets: [{ port: "1" }], default: {} }],
    [[]],
    [{}],
    [{ targets: [] }],
    [{ $schema: "x", targets: [{ port: "1" }] }],
  ])("and the parser agree on %j", (content) => {
    expect(validate(content)).toBe(accepts(content));
  });
});
