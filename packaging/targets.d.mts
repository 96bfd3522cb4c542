export const TARGETS: readonly {
  /** Under prebuilds/. */
  readonly file: string;
  readonly zig: string;
  readonly cpu?: string;
  /** As readelf names it. */
  readonly machine: string;
  /** The oldest glibc that may be asked for; undefined with musl. */
  readonly glibc?: string;
}[];
