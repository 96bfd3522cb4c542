/** A dongle's model as a USB device: descriptors, and the requests of the HID class (HID 1.11, section 7). */
import type { HidDongle } from "../../support/dongles/hid-dongle.js";
import { UsbPort, type ControlRequest, type UsbDevice } from "./usbip.js";

const GET_REPORT = 0x01;
const SET_REPORT = 0x09;
const GET_DESCRIPTOR = 6;
const REPORT_DESCRIPTOR = 0x22;
const FEATURE = 3;

class HidDevice implements UsbDevice {
  readonly descriptor: Uint8Array;
  readonly configuration: Uint8Array;
  readonly strings = { 1: "rig", 2: "dongle", 3: "0001" };

  constructor(readonly dongle: HidDongle) {
    const { vendor, product, configuration } = dongle;
    const ids = [vendor, product].flatMap((id) => [id & 0xff, id >> 8]);
    this.descriptor = Uint8Array.from([18, 1, 0x00, 0x02, 0, 0, 0, 64, ...ids, 0, 1, 1, 2, 3, 1]);
    this.configuration = configuration;
  }

  control({ type, code, value, length, data }: ControlRequest): Uint8Array | undefined {
    const [kind, id] = [value >> 8, value & 0xff];
    if (type === 0x81 && code === GET_DESCRIPTOR && kind === REPORT_DESCRIPTOR)
      return this.dongle.reportDescriptor;
    if (type === 0xa1 && code === GET_REPORT && kind === FEATURE) return this.dongle.getFeature(id, length);
    if (type === 0x21 && code === SET_REPORT && kind === FEATURE) this.dongle.setFeature(data);
    return (type & 0x80) === 0 ? new Uint8Array() : undefined;
  }

  output(data: Buffer): void {
    this.dongle.output(data);
  }
}

/** @param number of the virtual port, 1 to 7 */
export async function plugIn(dongle: HidDongle, number: number): Promise<UsbPort> {
  const port = await UsbPort.plugIn(new HidDevice(dongle), number);
  dongle.onInput = (report) => port.send(report);
  return port;
}
