/** scripts/build-js.mjs puts package.json's version here, so that `--version` reads no file. */
declare const BOOTLACE_VERSION: string | undefined;

export const VERSION: string = typeof BOOTLACE_VERSION === "string" ? BOOTLACE_VERSION : "unbuilt";
