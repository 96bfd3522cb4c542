/** Steps in order, reads, failures, and the end. */
import { onNextTurn } from "../../next-turn.js";
import { delay } from "../transport.js";
import type { ContractCase } from "./rig.js";
import { expectSame, expectThat } from "./same.js";
import {
  ACK,
  bytes,
  command,
  failed,
  failureOf,
  FLASH,
  getId,
  ID_REPLY,
  isAtBoundary,
  NACK,
  opening,
  poll,
  readMemory,
  readsOf,
  writeMemory,
} from "./steps.js";

/** The protocol's longest, without count and checksum. */
const MOST_DATA = 256;
/** A frame of the bootloader that nothing can be cut from: No-Stretch Erase of one page, an address and its checksum. */
const LEAST_TRAIT = 5;

export const LIST_CASES: readonly ContractCase[] = [
  {
    name: "traits and description are there before the first exchange",
    check: async ({ transport: { traits, description } }) => {
      expectThat(traits.maxWrite >= LEAST_TRAIT && traits.maxRead >= LEAST_TRAIT, "a frame fits");
      expectThat(traits.maxRead <= MOST_DATA, "maxRead is not above 256, the protocol's longest");
      expectSame(traits.framing, traits.dialect === "uart" ? "byte" : "message");
      expectThat(description !== "", "there is a description");
      await Promise.resolve();
    },
  },
  {
    name: "runs the steps in order and gives back the bytes of each read",
    check: async ({ transport }) => {
      const steps = [...getId(transport), ...readMemory(transport, FLASH, 3), ...getId(transport)];
      expectSame(await readsOf(transport, steps), [ID_REPLY, bytes(0xff, 0xff, 0xff), ID_REPLY]);
    },
  },
  {
    name: "an empty list is nothing",
    check: async (rig) => {
      expectSame(await rig.transport.exchange([]), { reads: [], busy: 0 });
      await isAtBoundary(rig);
    },
  },
  {
    name: "reads exactly as many bytes as asked for, from 1 to the longest",
    check: async ({ transport }) => {
      const { maxRead, maxWrite } = transport.traits;
      const most = Math.min(MOST_DATA, maxRead, (maxWrite - 2) & ~7); // the flash takes 8 bytes at a time
      const data = Uint8Array.from({ length: most }, (_, i) => i ^ 0x55);
      await transport.exchange(writeMemory(transport, FLASH, data));
      for (const length of [1, 2, most - 1, most])
        expectSame(await readsOf(transport, readMemory(transport, FLASH, length)), [data.slice(0, length)]);
    },
  },
  {
    name: "delays of no length and of some length do nothing else",
    check: async ({ transport }) => {
      const [first, ...rest] = getId(transport);
      const steps = [delay(0), first!, delay(2), ...rest, delay(0.5)];
      expectSame(await readsOf(transport, steps), [ID_REPLY]);
    },
  },
  {
    name: "stops at a byte that is neither accepted nor busy, and names the step and the byte",
    check: async (rig) => {
      const wrongComplement = opening(rig.transport, 0x02, 0x02);
      const steps = [...getId(rig.transport), ...wrongComplement, ...command(rig.transport, 0x31)];
      const error = await failureOf(rig.transport.exchange(steps));
      expectSame(failed(error), { index: 5, failure: "unexpected", reply: NACK });
      await isAtBoundary(rig); // so the Write command that followed in the list was not sent
    },
  },
  {
    name: "with nobody there the first step that would notice fails, and says so",
    check: async (rig) => {
      const { transport, failure } = await rig.openDeaf();
      const error = await failureOf(
        transport.exchange([opening(rig.transport, 0x02, 0xfd)[0]!, poll(ACK, 50)]),
      );
      await transport.close();
      expectSame(failed(error), { index: failure === "system" ? 0 : 1, failure, reply: undefined });
      if (failure === "timeout") return;
      const { code, errno, syscall } = error.cause as { code: string; errno: number; syscall: string };
      expectThat(["ENXIO", "EREMOTEIO"].includes(code), `the cause is ENXIO or EREMOTEIO, not ${code}`);
      expectThat(errno > 0 && syscall !== "", "the cause has errno and syscall");
    },
  },
  {
    name: "discarding input at a command boundary changes nothing",
    check: async (rig) => {
      await rig.transport.discardInput();
      await isAtBoundary(rig);
    },
  },
  {
    name: "close waits for the exchange in progress; twice is fine; then nothing goes any more",
    check: async ({ transport }) => {
      let ended = false;
      const last = transport
        .exchange([...getId(transport), delay(30), ...getId(transport)])
        .finally(() => (ended = true));
      await transport.close();
      await new Promise<void>((resolve) => onNextTurn(resolve));
      expectThat(ended, "close waits for the exchange that is going on");
      expectSame((await last).reads, [ID_REPLY, ID_REPLY]);
      await transport.close();
      const refused = await transport.exchange(getId(transport)).then(
        () => false,
        () => true,
      );
      expectThat(refused, "an exchange after close rejects");
    },
  },
];
