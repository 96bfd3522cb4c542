export interface Platform {
  readonly name: string;
  /** What npm's package is named after: "linux-arm64". */
  readonly node: string;
  readonly version: string;
  readonly zig: string;
  readonly ci?: boolean;
  /** Debian's name of the architecture, and its release, where Debian's libraries are used. */
  readonly root?: string;
  readonly suite: string;
  readonly qemu?: string;
}
export const PLATFORMS: readonly Platform[];
export function nodeOf(platform: Platform): { readonly command: string; readonly real: string };
export function rootOf(platform: Platform): string;
