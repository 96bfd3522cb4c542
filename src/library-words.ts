/**
 * Hints are written for the command line, where most people read them. A program that uses the library shows them to people who have no
 * command line of ours: the same hints in the library's words, by rule. A test holds each hint of the sources and each name that comes
 * of it to account.
 */

/** What is typed, to what is called. Longest first. */
const CALLS: readonly (readonly [typed: RegExp, called: string])[] = [
  [/; `bootlace write FILE --unprotect[^`]*` does that and writes/g, ""],
  [
    /`bootlace unprotect readout --yes-erase-everything`/g,
    '`target.unprotect("readout", { eraseEverything: true })`',
  ],
  [/`bootlace unprotect write`/g, '`target.unprotect("write")`'],
  [/`bootlace erase --all`/g, '`target.erase("all")`'],
  [/`bootlace (?:ports|funcs)`/g, "`ports()`"],
  [/`bootlace doctor[^`]*`/g, "`doctor()`"],
  [/`bootlace image info`/g, "`image.segments`"],
  [/`bootlace help ([a-z-]+)`/g, "docs/$1.md"],
  [/`bootlace chips`/g, "`allDevices()`"],
  [/`bootlace (info|write|reset|options)`/g, "`target.$1()`"],
  [/`bootlace protect readout`/g, "`target.protect({ readout: true })`"],
  [/`bootlace unprotect readout`/g, '`target.unprotect("readout")`'],
  [/See --help for the options of this command/g, "See the types of bootlace's functions"],
  [/Run the same command again/g, "Do the same again"],
  [/run the same command again/g, "do the same again"],
  [/Run the write again/g, "Write again"],
];

/** Options that the library has under another name than their own in camelCase. */
const NAMES: Readonly<Record<string, string>> = {
  "--check refuse": '`check: "refuse"`',
  "--format bin": '`format: "bin"`',
  "--go": '`leave: "go"`',
  "--mode 8n1": '`mode: "8n1"`',
  "--only flash": '`only: "flash"`',
  "--reset": '`leave: "reset"`',
  "--trace": "`onTrace`",
  "--wait": "`waitMs`",
  "--wait-chip": "`waitChipMs`",
  "--wait-device": "`waitDeviceMs`",
  "--line": "`lines`",
};

/** Quoted is, by then, what another program takes, or a call. */
const OPTION = /`[^`]*`|(?<![\w-])--[a-z][a-z-]*(?: (?:refuse|bin|flash|8n1)\b)?/g;

const camelCase = (option: string): string =>
  option.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** "Give its geometry with --flash-size." becomes "Give its geometry with `flashSize`." */
export function inLibraryWords(hint: string): string {
  const called = CALLS.reduce((text, [typed, call]) => text.replace(typed, call), hint);
  return called.replace(OPTION, (found) =>
    found.startsWith("`") ? found : (NAMES[found] ?? optionAlone(found)),
  );
}

function optionAlone(typed: string): string {
  const [option = "", value] = typed.split(" ");
  const name = NAMES[option] ?? `\`${camelCase(option)}\``;
  return value === undefined ? name : `${name} ${value}`;
}
