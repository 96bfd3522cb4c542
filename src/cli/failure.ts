/** A failure in words: what and where, the system's own error, the state of the chip, what to try. No stack. */
import { BootlaceError, isSystemError, type SystemError } from "../errors.js";
import type { Output, Style } from "./style.js";
import { wrap } from "./text.js";

/** Any thrown thing as a BootlaceError; what bootlace did not foresee is its bug and says so. */
export function asBootlaceError(error: unknown): BootlaceError {
  if (error instanceof BootlaceError) return error;
  if (isSystemError(error)) return refusedBySystem(error);
  const text = error instanceof Error ? error.message : String(error);
  return new BootlaceError("INTERNAL", `unexpected error: ${text}`, {}, { cause: error });
}

/** Nobody was in between who knows more; what the system says no to is not our bug. */
function refusedBySystem(error: SystemError & { readonly path?: string }): BootlaceError {
  const { path, syscall } = error;
  const what = path === undefined ? syscall : `${syscall} of ${path}`;
  const context = path === undefined ? {} : { file: path };
  return new BootlaceError("FILE_FAILED", `the system refuses ${what}`, context, { cause: error });
}

const TAKE_IT =
  "Make room where it goes to, and run the same command again; what the command did with the chip is done.";

/** What was thrown because the user asked to stop is that, not a failure of its own. */
export function stoppedError(thrown: unknown, signal: AbortSignal): BootlaceError {
  if (!signal.aborted || thrown instanceof BootlaceError) return asBootlaceError(thrown);
  return asBootlaceError(signal.reason);
}

/** What nobody got is no success, unless its reader went away, as `head` does. @throws BootlaceError FILE_FAILED */
export function checkTaken({ failure: cause }: Output): void {
  if (cause && (cause as NodeJS.ErrnoException).code !== "EPIPE")
    throw new BootlaceError(
      "FILE_FAILED",
      "standard output does not take what is written",
      { hint: TAKE_IT },
      { cause },
    );
}

/** The system call's failure under an error, however deep: errno name, what the system says, the call. */
export function systemErrorOf(
  error: unknown,
): { readonly code: string; readonly syscall: string; readonly text: string } | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    if (isSystemError(cause)) {
      return { code: cause.code, syscall: cause.syscall, text: cause.message };
    }
  }
  return undefined;
}

/** Lines for people. On a terminal they are wrapped, elsewhere each item stays on one line. @param prefix before the first */
export function failureText(error: BootlaceError, style: Style, prefix = ""): string {
  const system = systemErrorOf(error.cause);
  const items: [string, string | undefined][] = [
    ["because", system && !error.message.includes(system.code) ? becauseText(system) : undefined],
    ["where", whereText(error)],
    ["chip", error.context.chipState],
    ["try", hintOf(error)],
  ];
  const fit = (text: string, indent: number): string =>
    style.live ? wrap(text, style.columns - 1, indent) : text;
  const head = fit(
    `${prefix}error: ${error.message}${/[.?!]$/.test(error.message) ? "" : "."} [${error.code}]`,
    7,
  );
  const lines = items
    .filter((item): item is [string, string] => item[1] !== undefined && item[1] !== "")
    .map(([name, text]) =>
      fit(`  ${`${name}:`.padEnd(9)}${text}`, 11).replace(`${name}:`, style.bold(`${name}:`)),
    );
  return [head.replace("error:", style.red(style.bold("error:"))), ...lines].join("\n");
}

/** A message about the command line says itself what is expected; the table's hint for all of them would add nothing. */
const hintOf = ({ code, context, commandHint }: BootlaceError): string | undefined =>
  code === "USAGE" ? context.hint : commandHint;

/** What a developer needs, for --trace only. */
export function stackText(error: unknown): string {
  const lines: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    lines.push(cause.stack ?? cause.message);
  return lines.join("\ncaused by ");
}

/** "ENOENT from open (no such file or directory)": without what Node and serialport put around the system's words. */
function becauseText({ code, syscall, text }: { code: string; syscall: string; text: string }): string {
  const said = text
    .replace(/^Error:? /, "")
    .replace(new RegExp(`^${code}:? ?`), "")
    .split(`, ${syscall}`)[0]!
    .replace(/,? cannot .*$/i, "");
  return `${code} from ${syscall}${said === "" ? "" : ` (${said})`}`;
}

/** File and line of bad input, unless the message says them already. */
function whereText(error: BootlaceError): string | undefined {
  const { file, line } = error.context;
  if (file === undefined || error.message.includes(file)) return undefined;
  return line === undefined ? file : `${file}, line ${line}`;
}
