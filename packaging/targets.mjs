// The binaries of the addon that go into the package. `machine` and `glibc` are what test/prebuilds.test.ts holds them to.
// glibc 2.28 is what Node 20 itself needs. Without an armvN in its name node-gyp-build takes the file on every ARM: it is built for
// ARMv6 (Raspberry Pi 1 and Zero). macOS and Windows need none: bootlace uses the addon on Linux only. riscv64 with glibc: this
// zig cannot link it.
const ARMV6 = "-mcpu=arm1176jzf_s";

export const TARGETS = [
  { file: "linux-x64/bootlace.glibc.node", zig: "x86_64-linux-gnu.2.28", machine: "X86-64", glibc: "2.28" },
  { file: "linux-x64/bootlace.musl.node", zig: "x86_64-linux-musl", machine: "X86-64" },
  {
    file: "linux-arm64/bootlace.glibc.node",
    zig: "aarch64-linux-gnu.2.28",
    machine: "AArch64",
    glibc: "2.28",
  },
  { file: "linux-arm64/bootlace.musl.node", zig: "aarch64-linux-musl", machine: "AArch64" },
  {
    file: "linux-arm/bootlace.glibc.node",
    zig: "arm-linux-gnueabihf.2.28",
    cpu: ARMV6,
    machine: "ARM",
    glibc: "2.28",
  },
  { file: "linux-arm/bootlace.musl.node", zig: "arm-linux-musleabihf", cpu: ARMV6, machine: "ARM" },
  { file: "linux-riscv64/bootlace.musl.node", zig: "riscv64-linux-musl", machine: "RISC-V" },
];
