/** GPIO lines and byte-range locks, one case by name. Prints one JSON document. */
import { finished } from "node:stream/promises";
import { binding, FILE_FLAG, GPIO_FLAG, GPIO_KEEP, LOCK_OWNER } from "../../../src/native/binding.js";
import { I2cBus } from "../../../src/transport/i2c/bus.js";

const native = binding();
const path = process.argv[3] ?? "";
const openForLock = (): ReturnType<typeof native.fileOpen> =>
  native.fileOpen(path, FILE_FLAG.write | FILE_FLAG.create);

const failure = (work: () => unknown): unknown => {
  try {
    return work() ?? "no error";
  } catch (error) {
    const { code, errno, syscall, message } = error as Record<string, unknown>;
    return { code, errno, syscall, message };
  }
};

const gpio = (): unknown => {
  const chip = native.gpioOpen("/dev/gpiochip0");
  const info = native.gpioChipInfo(chip);
  const free = [0, 1, 2, 3].map((offset) => native.gpioLineInfo(chip, offset));
  const flags = GPIO_FLAG.output | GPIO_FLAG.activeLow | GPIO_FLAG.openDrain | GPIO_FLAG.biasPullUp;
  const lines = native.gpioRequest(chip, Uint32Array.of(1, 0), flags, Uint8Array.of(1, 0));
  const first = [...native.gpioGet(lines)];
  native.gpioSet(lines, Uint8Array.of(GPIO_KEEP, 1));
  native.gpioSet(lines, Uint8Array.of(GPIO_KEEP, GPIO_KEEP)); // nothing to do, no call
  native.gpioSet(lines, Uint8Array.of(0, GPIO_KEEP));
  const second = [...native.gpioGet(lines)];
  const used = native.gpioLineInfo(chip, 1);
  const busy = failure(() => native.gpioRequest(chip, Uint32Array.of(1), GPIO_FLAG.input, new Uint8Array(0)));
  native.gpioConfigure(lines, GPIO_FLAG.input, new Uint8Array(0));
  native.close(chip); // the lines do not need it
  const third = [...native.gpioGet(lines)];
  native.close(lines);
  const closed = failure(() => native.gpioGet(lines));
  return { info, free, first, second, third, used, busy, closed };
};

const gpioMistakes = (): unknown => {
  const chip = native.gpioOpen("/dev/gpiochip0");
  const request = (offsets: number[], values: number[]): unknown =>
    failure(() =>
      native.gpioRequest(chip, Uint32Array.from(offsets), GPIO_FLAG.output, Uint8Array.from(values)),
    );
  return {
    none: request([], []),
    fewValues: request([0, 1], [1]),
    keepAtFirst: request([0], [GPIO_KEEP]),
    outside: request([9], [1]),
    line: failure(() => native.gpioLineInfo(chip, 9)),
    notAChip: failure(() => native.gpioChipInfo(native.gpioOpen("/dev/null"))),
    nowhere: failure(() => native.gpioOpen("/dev/gpiochip99")),
  };
};

const locks = (): unknown => {
  const [mine, other] = [openForLock(), openForLock()];
  const take = native.lockTake(mine, 0x56, 1, LOCK_OWNER.openFile);
  const answers = {
    take,
    again: native.lockTake(mine, 0x56, 1, LOCK_OWNER.openFile),
    held: native.lockTake(other, 0x56, 1, LOCK_OWNER.openFile),
    neighbour: native.lockTake(other, 0x57, 1, LOCK_OWNER.openFile),
    mineFreeToMe: native.lockQuery(mine, 0x56, 1),
    heldByOther: native.lockQuery(other, 0x56, 1),
    process: native.lockTake(other, 0x56, 1, LOCK_OWNER.process),
    readOnly: native.lockTake(native.fileOpen(path, 0), 0x80, 1, LOCK_OWNER.openFile),
  };
  native.close(openForLock()); // closing another descriptor of the file takes nothing away
  const still = native.lockTake(other, 0x56, 1, LOCK_OWNER.openFile);
  native.lockRelease(mine, 0x56, 1, LOCK_OWNER.openFile);
  const released = native.lockTake(other, 0x56, 1, LOCK_OWNER.openFile);
  native.close(other);
  const afterClose = native.lockTake(mine, 0x56, 2, LOCK_OWNER.openFile);
  return { ...answers, still, released, afterClose };
};

/** What a stand-in for a bus may hand out; every process of the system shares it. */
const devNull = (): unknown =>
  native.lockTake(native.fileOpen("/dev/null", FILE_FLAG.write), 0x56, 1, LOCK_OWNER.openFile);

/** Holds two locks until stdin ends. */
const hold = async (): Promise<unknown> => {
  const file = openForLock();
  native.lockTake(file, 1, 1, LOCK_OWNER.openFile);
  native.lockTake(file, 2, 1, LOCK_OWNER.process);
  console.log("holding");
  await finished(process.stdin.resume());
  native.close(file); // and so the handle lives until here
  return "released";
};

const query = (): unknown => {
  const file = openForLock();
  return { openFile: native.lockQuery(file, 1, 1), process: native.lockQuery(file, 2, 1) };
};

const busLock = async (): Promise<unknown> => {
  const [a, b] = [await I2cBus.open("/dev/i2c-1"), await I2cBus.open("/dev/i2c-1")];
  const answer = [a.lock(0x10).state, b.lock(0x10).state, b.lock(0x11).state, b.lockHolder(0x10).state];
  a.unlock(0x10);
  answer.push(b.lock(0x10).state);
  await b.close();
  answer.push(a.lock(0x10).state);
  await a.close();
  return answer;
};

const files = (): unknown => ({
  exclusive: failure(() => native.fileOpen(path, FILE_FLAG.write | FILE_FLAG.create | FILE_FLAG.exclusive)),
  link: failure(() => native.fileOpen(`${path}.link`, 0)),
  followed: failure(() => native.fileOpen(`${path}.link`, FILE_FLAG.follow)),
  missing: failure(() => native.fileOpen(`${path}.missing`, 0)),
});

const cases: Record<string, () => unknown> = {
  gpio,
  gpioMistakes,
  locks,
  hold,
  query,
  busLock,
  files,
  devNull,
};
console.log(JSON.stringify(await cases[process.argv[2]!]!()));
