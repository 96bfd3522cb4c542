/** What the models of USB dongles have in common: a HID device without a USB port, for the kernel's drivers and for drivers of ours. */

export interface HidDongle {
  readonly vendor: number;
  readonly product: number;
  /** The HID interface that does I2C, and its endpoints as the configuration descriptor lists them. */
  readonly configuration: Uint8Array;
  readonly reportDescriptor: Uint8Array;
  /** Rules of the chip that its user broke, in words. */
  readonly complaints: string[];
  /** An input report, its ID first where reports are numbered. Set by whoever carries it away. */
  onInput: (report: Uint8Array) => void;
  /** @returns the report with its ID first; undefined: the request stalls */
  getFeature(id: number, length: number): Uint8Array | undefined;
  setFeature(report: Uint8Array): void;
  /** An output report, its ID first where reports are numbered. */
  output(report: Uint8Array): void;
}

interface Reports {
  readonly id?: number;
  readonly bytes: number;
  readonly kind: "input" | "output" | "feature";
}

const MAIN_ITEM = { input: 0x81, output: 0x91, feature: 0xb1 } as const;

/** A vendor-defined collection of byte arrays: HID 1.11, section 6.2.2. `bytes` do not count the ID. */
export const reportDescriptor = (reports: readonly Reports[]): Uint8Array =>
  Uint8Array.from([
    ...[0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01], // usage page FF00, usage 1, application
    ...[0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08], // 0 to 255, 8 bits
    ...reports.flatMap(({ id, bytes, kind }) => [
      ...(id === undefined ? [] : [0x85, id]),
      ...[0x95, bytes, 0x09, 0x01, MAIN_ITEM[kind], 0x02],
    ]),
    0xc0,
  ]);

/** A HID interface with its two interrupt endpoints of 64 bytes, polled each millisecond (USB 2.0, 9.6; HID 1.11, 6.2.1). */
export const hidInterface = (
  number: number,
  endpoints: readonly [input: number, output: number],
  descriptorBytes: number,
): number[] => [
  ...[9, 4, number, 0, 2, 3, 0, 0, 0],
  ...[9, 0x21, 0x11, 0x01, 0, 1, 0x22, descriptorBytes & 0xff, descriptorBytes >> 8],
  ...endpoints.flatMap((endpoint) => [7, 5, endpoint, 3, 64, 0, 1]),
];

export function configuration(interfaces: number, descriptors: readonly number[]): Uint8Array {
  const total = 9 + descriptors.length;
  return Uint8Array.from([9, 2, total & 0xff, total >> 8, interfaces, 1, 0, 0x80, 50, ...descriptors]);
}

export const padded = (bytes: readonly number[], length = 64): Uint8Array => {
  const report = new Uint8Array(length);
  report.set(bytes.slice(0, length));
  return report;
};
