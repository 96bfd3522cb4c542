/**
 * Serves modelled buses to programs that run with the preload library. README.md shows how to use it.
 * In process: `startFakeI2c`. As a process of its own: child.ts.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPreload } from "./build.js";
import { Bus, errnoOf, PLAIN_I2C, type BusOptions } from "./bus.js";
import { monotonicMs } from "./schedule.js";
import { encodeReply, REQUEST, RequestReader, type BusRequest, type Reply } from "./wire.js";

export interface FakeI2c {
  /** For the program under test: LD_PRELOAD and the server's folder. Add it to process.env. */
  readonly env: Readonly<Record<string, string>>;
  /** "/dev/i2c-N" of the first bus. */
  readonly path: string;
  readonly buses: readonly Bus[];
  /** The first bus: faults, trace, totals, adapter options. */
  readonly bus: Bus;
  close(): Promise<void>;
}

/** @throws Error when no C compiler is there */
export async function startFakeI2c(...options: readonly BusOptions[]): Promise<FakeI2c> {
  const buses = options.map((each) => new Bus(each));
  const folder = mkdtempSync(join(tmpdir(), "bootlace-i2c-"));
  for (const bus of buses) writeAdapter(folder, bus.options);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => serve(socket, buses, sockets));
  await listen(server, join(folder, "socket"));
  return {
    env: { LD_PRELOAD: buildPreload(), BOOTLACE_FAKE_I2C: folder },
    path: `/dev/i2c-${buses[0]!.options.number}`,
    buses,
    bus: buses[0]!,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What programs look at: the device (a file that can be locked) and the adapter's name below /sys. */
function writeAdapter(folder: string, options: BusOptions): void {
  const { number, name = `simulated adapter ${number}`, driver } = options;
  mkdirSync(join(folder, "dev"), { recursive: true });
  if (driver !== undefined) mkdirSync(join(folder, "sys/bus/i2c/drivers", driver), { recursive: true });
  writeFileSync(join(folder, "dev", `i2c-${number}`), "");
  for (const place of [`sys/class/i2c-dev/i2c-${number}`, `sys/bus/i2c/devices/i2c-${number}`]) {
    mkdirSync(join(folder, place, "device"), { recursive: true });
    writeFileSync(join(folder, place, "name"), `${name}\n`);
    writeFileSync(join(folder, place, "device", "name"), `${name}\n`);
    writeFileSync(join(folder, place, "dev"), `89:${number}\n`);
    if (driver !== undefined) symlinkSync(join("../../drivers", driver), join(folder, place, "driver"));
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => resolve());
  });
}

function serve(socket: Socket, buses: readonly Bus[], sockets: Set<Socket>): void {
  const reader = new RequestReader();
  let bus: Bus | undefined;
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    for (const request of reader.push(chunk)) {
      if (request.type === REQUEST.open) {
        bus = buses.find((each) => each.options.number === request.value);
        socket.write(encodeReply({ errno: openError(bus) }));
      } else if (bus) {
        socket.write(encodeReply(answer(bus, request)));
      } else {
        socket.destroy();
      }
    }
  });
}

function openError(bus: Bus | undefined): number {
  if (!bus) return errnoOf("ENXIO");
  return bus.options.openErrno ? errnoOf(bus.options.openErrno) : 0;
}

function answer(bus: Bus, request: BusRequest): Reply {
  switch (request.type) {
    case REQUEST.functions: {
      const mask = Buffer.alloc(4);
      mask.writeUInt32LE((bus.options.functions ?? PLAIN_I2C) >>> 0);
      return { errno: 0, payload: [mask] };
    }
    case REQUEST.timeout:
      bus.timeoutMs = request.value;
      return { errno: 0 };
    case REQUEST.retries:
      bus.retries = request.value;
      return { errno: 0 };
    case REQUEST.address: {
      const refused = bus.claim(request.value);
      return { errno: refused ? errnoOf(refused) : 0 };
    }
    case REQUEST.transfer: {
      const { errno, endMs, data } = bus.transfer(request.askedMs, request.need, request.messages);
      const wakeMs = (bus.options.wait ?? true) ? endMs : 0;
      // Where the wire takes no time there is nothing that could catch up: real time counts.
      const untilMs = bus.options.speedHz ? endMs : Math.max(endMs, monotonicMs());
      return { errno: errno ? errnoOf(errno) : 0, wakeMs, endMs: untilMs, payload: data };
    }
  }
}
