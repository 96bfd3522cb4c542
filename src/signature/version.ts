/** Versions that can be compared: dotted numbers, "v" and build number as people write them ("v1.2", "1.2.3+4"). */

/** @returns undefined for anything else: "1.2.3-rc1" is older than 1.2.3 to some and newer to others */
export function parseVersion(text: string): readonly number[] | undefined {
  if (!/^v?\d{1,9}(\.\d{1,9}){0,3}(\+\d{1,9})?$/.test(text)) return undefined;
  return text.replace(/^v/, "").split(/[.+]/).map(Number);
}

/** Missing numbers are 0. */
export function isOlder(version: readonly number[], than: readonly number[]): boolean {
  const length = Math.max(version.length, than.length);
  for (let i = 0; i < length; i++) {
    const difference = (version[i] ?? 0) - (than[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
