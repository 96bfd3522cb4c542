/**
 * One process at a time on a target: an exclusive byte-range lock on /dev/i2c-N at the offset of the address, so that two chips
 * on one bus do not exclude each other (two chips may take turns frame by frame: AN4221 forbids nobody else on the bus, and
 * i2c-dev puts each transfer on the bus whole).
 *
 * Two locks are taken. The lock of the open file excludes: it also does so inside one process, and it falls with the last copy of
 * the descriptor, also after SIGKILL. The lock of the process, at NOTE_OFFSET, says who it is: F_OFD_GETLK gives the pid of those
 * only, also to other users. The kernel drops it when the process closes any descriptor of that device; then /proc is asked.
 */
import { dispose } from "../disposable.js";
import { BootlaceError, hex } from "../errors.js";
import { binding, FILE_FLAG, LOCK_OWNER } from "../native/binding.js";
import type { FileHandle, NativeBinding } from "../native/binding.js";
import { commandOf, findHolder } from "./lock-holder.js";
import { SYSTEM_ROOT } from "./sysfs.js";

/** Addresses are below it, 10-bit ones included. */
const NOTE_OFFSET = 0x1000;
const POLL_MS = 50;

type LockCalls = Pick<NativeBinding, "fileOpen" | "lockTake" | "lockQuery" | "close">;

export interface LockOptions {
  /** How long to wait for the other process. Default 0. */
  readonly waitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What the target is called in messages; default its bus and address. */
  readonly name?: string;
  readonly native?: LockCalls;
  readonly root?: string;
}

export interface TargetLock extends Disposable {
  /** False where the device takes no locks (some stand-ins): nothing is excluded then. */
  readonly held: boolean;
  /** Twice is fine. */
  release(): void;
}

export interface LockHolder {
  readonly pid: number;
  /** Its command line, "" when it has none or it may not be read. */
  readonly command: string;
}

/**
 * Takes the lock of one address of one bus.
 * @throws BootlaceError TARGET_LOCKED naming pid and command of the holder; the signal's reason when aborted while waiting
 */
export async function lockTarget(
  path: string,
  address: number,
  options: LockOptions = {},
): Promise<TargetLock> {
  const native = options.native ?? binding();
  const file = openQuietly(native, path);
  if (file === undefined) return NO_LOCK; // opening the bus itself will say why
  const release = once(() => native.close(file));
  try {
    const held = await takeBefore(Date.now() + (options.waitMs ?? 0), {
      native,
      file,
      path,
      address,
      options,
    });
    return { held, release, [dispose]: release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Who holds a target at this moment. undefined: nobody. A holder that hides has pid 0. */
export function holderOfTarget(
  path: string,
  address: number,
  { native = binding(), root = SYSTEM_ROOT }: Pick<LockOptions, "native" | "root"> = {},
): LockHolder | undefined {
  const file = openQuietly(native, path);
  if (file === undefined) return undefined;
  try {
    const state = native.lockQuery(file, address, 1).state;
    return state === "held" ? whoHolds({ native, file, path, address, options: { root } }) : undefined;
  } finally {
    native.close(file);
  }
}

interface Attempt {
  readonly native: LockCalls;
  readonly file: FileHandle;
  readonly path: string;
  readonly address: number;
  readonly options: LockOptions;
}

async function takeBefore(deadline: number, attempt: Attempt): Promise<boolean> {
  const { native, file, address, options } = attempt;
  for (;;) {
    const { state } = native.lockTake(file, address, 1, LOCK_OWNER.openFile);
    if (state === "locked") native.lockTake(file, NOTE_OFFSET + address, 1, LOCK_OWNER.process);
    if (state !== "held") return state === "locked";
    if (Date.now() >= deadline) throw lockedError(attempt);
    const { setTimeout: sleep } = await import("node:timers/promises");
    await sleep(POLL_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

function lockedError(attempt: Attempt): BootlaceError {
  const { path, address, options } = attempt;
  const { pid, command } = whoHolds(attempt);
  const who = pid === 0 ? "another process" : pid === process.pid ? "this process" : `process ${pid}`;
  const what = command === "" ? "" : ` (${command})`;
  const name = options.name ?? `${path} address ${hex(address, 2)}`;
  return new BootlaceError("TARGET_LOCKED", `${name} is in use by ${who}${what}`, { address });
}

function whoHolds({ native, file, path, address, options }: Attempt): LockHolder {
  const root = options.root ?? SYSTEM_ROOT;
  const { pid } = native.lockQuery(file, NOTE_OFFSET + address, 1);
  if (pid > 0) return { pid, command: commandOf(pid, root) };
  return findHolder(path, address, root) ?? { pid: 0, command: "" };
}

function openQuietly(native: LockCalls, path: string): FileHandle | undefined {
  try {
    return native.fileOpen(path, FILE_FLAG.write | FILE_FLAG.follow);
  } catch {
    return undefined;
  }
}

const once = (action: () => void): (() => void) => {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
};

const nothing = (): void => undefined;
const NO_LOCK: TargetLock = { held: false, release: nothing, [dispose]: nothing };
