/** errno to a SystemError, in Node's own form: "EREMOTEIO: remote I/O error, ioctl(I2C_RDWR)". */
import { constants } from "node:os";
import { getSystemErrorMap } from "node:util";
import type { SystemError } from "../errors.js";

/**
 * Two tables, because neither is whole on Node 20: libuv's lacks EBADMSG and ETIME, os.constants lacks EREMOTEIO;
 * I2C adapters return all three. Read once, at the first error.
 */
const readTables = (): { names: ReadonlyMap<number, string>; texts: ReadonlyMap<number, string> } => {
  const map = [...getSystemErrorMap()].map(([negative, [name, text]]) => [-negative, name, text] as const);
  const names = new Map(Object.entries(constants.errno).map(([name, errno]) => [errno, name]));
  for (const [errno, name] of map) names.set(errno, name);
  const texts = new Map(map.map(([errno, , text]) => [errno, text]));
  // One number with two names on Linux. The kernel's i2c code says EOPNOTSUPP, libuv speaks of sockets.
  names.set(constants.errno.EOPNOTSUPP, "EOPNOTSUPP");
  texts.set(constants.errno.EOPNOTSUPP, "operation not supported");
  return { names, texts };
};
let tables: ReturnType<typeof readTables> | undefined;

export const errnoName = (errno: number): string => {
  tables ??= readTables();
  return tables.names.get(errno) ?? `errno ${errno}`;
};

export const systemError = (errno: number, syscall: string): SystemError => {
  const code = errnoName(errno);
  const text = tables?.texts.get(errno);
  const message = `${code}: ${text === undefined ? "" : `${text}, `}${syscall}`;
  return Object.assign(new Error(message), { errno, code, syscall });
};

type AnyFunction = (...args: never[]) => unknown;

/** The addon knows numbers only: gives every function of `raw` errors with `code` and Node's message. */
export const withSystemErrors = <T extends object>(raw: T): T =>
  Object.fromEntries(Object.entries(raw).map(([name, f]) => [name, naming(f as AnyFunction)])) as T;

const naming =
  (f: AnyFunction) =>
  (...args: never[]): unknown => {
    try {
      const result = f(...args);
      return result instanceof Promise ? result.catch((error: unknown) => rethrow(error)) : result;
    } catch (error) {
      return rethrow(error);
    }
  };

const rethrow = (error: unknown): never => {
  const { errno, syscall } = error as { errno?: unknown; syscall?: unknown };
  if (typeof errno === "number" && typeof syscall === "string") throw systemError(errno, syscall);
  throw error;
};
