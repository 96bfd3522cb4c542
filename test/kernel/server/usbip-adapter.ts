/** An "i2c-tiny-usb" adapter in this process, plugged into the running kernel. The adapter's requests: drivers/i2c/busses/i2c-tiny-usb.c. */
import type { Answer, Transfer } from "./i2csim.js";
import { I2C_M_RD, PLAIN_I2C } from "./i2csim.js";
import { busNamed } from "./usb-bus.js";
import { UsbPort, type ControlRequest, type UsbDevice } from "./usbip.js";

/** Vendor requests of the adapter; 4 to 7 are transfers. */
const REQUEST = { functionality: 1, setDelay: 2, status: 3, transfer: 4 } as const;
const STATUS = { acknowledged: 1, refused: 2 } as const;
const PORT = 0;

type OnTransfer = (transfer: Pick<Transfer, "messages">) => Promise<Answer>;

export class UsbAdapter implements UsbDevice {
  /** Device 0403:c631, one configuration, one interface without endpoints but control. */
  readonly descriptor = Uint8Array.of(
    18,
    1,
    0x10,
    0x01,
    0xff,
    0,
    0,
    8,
    0x03,
    0x04,
    0x31,
    0xc6,
    5,
    1,
    1,
    2,
    0,
    1,
  );
  readonly configuration = Uint8Array.of(9, 2, 18, 0, 1, 1, 0, 0x80, 10, 9, 4, 0, 0, 0, 0xff, 0, 0, 0);
  readonly strings = { 1: "rig", 2: "i2c-tiny-usb" };
  /** N of /dev/i2c-N. */
  number = -1;
  readonly #onTransfer: OnTransfer;
  readonly #functionality: number;
  #port: UsbPort | undefined;
  #status: number = STATUS.acknowledged;

  private constructor(onTransfer: OnTransfer, functionality: number) {
    this.#onTransfer = onTransfer;
    this.#functionality = functionality;
  }

  /** Plugs in; resolves when /dev/i2c-N is there. */
  static async plugIn(onTransfer: OnTransfer, functionality: number = PLAIN_I2C): Promise<UsbAdapter> {
    const adapter = new UsbAdapter(onTransfer, functionality);
    adapter.#port = await UsbPort.plugIn(adapter, PORT);
    adapter.number = await busNamed(/tiny-usb/);
    return adapter;
  }

  get path(): string {
    return `/dev/i2c-${this.number}`;
  }

  /** Pulls the plug. */
  unplug(): void {
    this.#port?.unplug();
  }

  async control(request: ControlRequest): Promise<Uint8Array | undefined> {
    const { type, code } = request;
    if ((type & 0x60) !== 0x40) return (type & 0x80) === 0 ? new Uint8Array() : undefined;
    if (code === REQUEST.functionality) {
      const mask = Buffer.alloc(4);
      mask.writeUInt32LE(this.#functionality >>> 0);
      return mask;
    }
    if (code === REQUEST.setDelay) return new Uint8Array();
    if (code === REQUEST.status) return Uint8Array.of(this.#status);
    return code >= REQUEST.transfer && code < 8 ? this.#transfer(request) : undefined;
  }

  async #transfer({ value, index, length, data }: ControlRequest): Promise<Uint8Array> {
    const isInput = (value & I2C_M_RD) !== 0;
    const message = {
      address: index,
      flags: value,
      length,
      bytes: isInput ? new Uint8Array() : Uint8Array.from(data),
    };
    const answer = await this.#onTransfer({ messages: [message] });
    this.#status = answer.errno === 0 ? STATUS.acknowledged : STATUS.refused;
    return answer.reads[0] ?? new Uint8Array(isInput ? length : 0);
  }
}
