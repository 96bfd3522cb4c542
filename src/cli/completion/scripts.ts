/** Completion scripts for bash, zsh and fish. All words are in them: completing starts no Node. */
import { PORT_FILES, VALUES, type VerbWords } from "./words.js";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

export function completionScript(shell: Shell, verbs: readonly VerbWords[]): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](verbs);
}

const flagsOf = ({ options }: VerbWords): string =>
  ["--help", ...options.flatMap(({ long, short }) => [`--${long}`, ...(short ? [`-${short}`] : [])])].join(
    " ",
  );

/** Long and short name of every option that takes a value of VALUES. */
const named = (verbs: readonly VerbWords[], long: string): string[] => {
  const shorts = verbs.flatMap(({ options }) =>
    options.flatMap((option) => (option.long === long && option.short ? [`-${option.short}`] : [])),
  );
  return [`--${long}`, ...new Set(shorts)];
};

function bashScript(verbs: readonly VerbWords[]): string {
  const values = Object.entries(VALUES).map(([long, words]) => {
    const files = long === "port" ? ` $(compgen -G '${PORT_FILES.join("'; compgen -G '")}')` : "";
    return `    ${named(verbs, long).join("|")}) COMPREPLY=($(compgen -W "${words.join(" ")}${files}" -- "$cur")); return ;;`;
  });
  const flags = verbs.map((verb) => `    ${verb.name}) flags="${flagsOf(verb)}" ;;`);
  const under = verbs
    .filter(({ subcommands }) => subcommands.length > 0)
    .map(({ name, subcommands }) => `    ${name}) words="${subcommands.join(" ")}" ;;`);
  return `# bash completion for bootlace, made by \`bootlace completion bash\`
_bootlace() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} verb=\${COMP_WORDS[1]} flags='' words=''
  COMPREPLY=()
  case $prev in
${values.join("\n")}
  esac
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "${verbs.map(({ name }) => name).join(" ")} help --help --version" -- "$cur"))
    return
  fi
  case $verb in
${flags.join("\n")}
  esac
  case $cur in -*) COMPREPLY=($(compgen -W "$flags" -- "$cur")); return ;; esac
  [ "$COMP_CWORD" = 2 ] && case $verb in
${under.join("\n")}
  esac
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); else COMPREPLY=($(compgen -f -- "$cur")); fi
}
complete -o filenames -F _bootlace bootlace
`;
}

/** In single quotes of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** Also for _arguments, where brackets and colons mean something. */
const forZsh = (text: string): string => quoted(text.replace(/[[\]:\\]/g, "\\$&"));

function zshScript(verbs: readonly VerbWords[]): string {
  const action = (long: string): string => {
    const words = VALUES[long];
    if (words === undefined) return ":value:_files";
    return long === "port" ? ":port:_bootlace_ports" : `:${long}:(${words.join(" ")})`;
  };
  const cases = verbs.map(({ name, options, subcommands }) => {
    const lines = options.map(
      ({ long, help, takesValue }) =>
        `${forZsh(`--${long}`).slice(0, -1)}[${forZsh(help).slice(1, -1)}]${takesValue ? action(long) : ""}'`,
    );
    const first =
      subcommands.length === 0 ? "'*:file:_files'" : `'2:what:(${subcommands.join(" ")})' '*:file:_files'`;
    return `    ${name}) _arguments ${[...lines, first].join(" \\\n      ")} ;;`;
  });
  return `#compdef bootlace
# zsh completion for bootlace, made by \`bootlace completion zsh\`
_bootlace_ports() {
  local -a ports
  ports=(${PORT_FILES.map((pattern) => `${pattern}(N)`).join(" ")} ${VALUES["port"]!.map(quoted).join(" ")})
  compadd -a ports
}
_bootlace() {
  local -a verbs
  verbs=(
${verbs.map(({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(":", "\\:")}`)}`).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe verb verbs
    return
  fi
  case $words[2] in
${cases.join("\n")}
  esac
}
compdef _bootlace bootlace
`;
}

function fishScript(verbs: readonly VerbWords[]): string {
  const fish = (text: string): string => `'${text.replace(/['\\]/g, "\\$&")}'`;
  const lines = verbs.flatMap(({ name, summary, options, subcommands }) => {
    const inVerb = `complete -c bootlace -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c bootlace -f -n __fish_use_subcommand -a ${name} -d ${fish(summary)}`,
      ...(subcommands.length > 0 ? [`${inVerb} -f -a ${fish(subcommands.join(" "))}`] : []),
      ...options.map(({ long, short, help, takesValue }) => {
        const words =
          long === "port"
            ? `(ls ${PORT_FILES.join(" ")} 2>/dev/null) ${VALUES["port"]!.join(" ")}`
            : VALUES[long]?.join(" ");
        const value = words === undefined ? (takesValue ? " -r" : "") : ` -x -a ${fish(words)}`;
        return `${inVerb} -l ${long}${short ? ` -s ${short}` : ""}${value} -d ${fish(help)}`;
      }),
    ];
  });
  return `# fish completion for bootlace, made by \`bootlace completion fish\`\n${lines.join("\n")}\n`;
}
