/** `bootlace sync` of a boot unit: a chip on a pseudo-terminal that runs its program, its lines moved by a command. */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { connect } from "../../src/flash/connect.js";
import { cli } from "../unit/cli/fake-io.js";
import { chipOnPty, type PtyChip } from "../support/pty-chip.js";

const BASE = 0x0800_0000;
const OLD = Uint8Array.of(0x00, 0x20, 0x00, 0x20, 0x09, 0x00, 0x00, 0x08, 1, 1, 1, 1);
const NEW = Uint8Array.of(0x00, 0x20, 0x00, 0x20, 0x09, 0x00, 0x00, 0x08, 2, 2, 2, 2);

/** Asks the test to move the lines, and waits until it did. */
const SCRIPT = `#!/bin/sh
cd "$(dirname "$0")" && echo "$1" > asked.part && mv asked.part asked
while [ -e asked ]; do sleep 0.01; done
`;

interface Board extends PtyChip {
  readonly folder: string;
  /** What the command was run with. */
  readonly moves: string[];
  readonly arguments: readonly string[];
  file(bytes: Uint8Array, name?: string): string;
  readonly runs: boolean;
}

const open: { readonly close: () => void }[] = [];
afterEach(() => {
  for (const { close } of open.splice(0)) close();
});

/** @param spec of the chip; it runs OLD */
async function board(spec: Readonly<Record<string, string>> = {}): Promise<Board> {
  const rig = await chipOnPty("stm32g071", { boot0: "0", ...spec });
  rig.chip.poke(BASE, OLD);
  rig.chip.setPower(false);
  rig.chip.setPower(true);
  const folder = mkdtempSync(join(tmpdir(), "bootlace-sync-"));
  const script = join(folder, "board.sh");
  writeFileSync(script, SCRIPT);
  chmodSync(script, 0o755);
  const moves: string[] = [];
  const asked = join(folder, "asked");
  const timer = setInterval(() => {
    if (!existsSync(asked)) return;
    const word = readFileSync(asked, "utf8").trim();
    moves.push(word);
    rig.chip.setBoot0(word === "enter");
    rig.chip.setNrst(false);
    rig.chip.setNrst(true);
    rmSync(asked);
  }, 5);
  open.push(rig, {
    close: () => {
      clearInterval(timer);
      rmSync(folder, { recursive: true });
    },
  });
  return Object.assign(rig, {
    folder,
    moves,
    arguments: ["--port", `serial:${rig.path}`, "--mode", "8n1", "--reset-sequence", `cmd:${script}`],
    file: (bytes: Uint8Array, name = "app.bin") => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    },
    get runs() {
      return ["booting", "application"].includes(rig.chip.state);
    },
  });
}

const sync = (board: Board, file: string, ...more: string[]) =>
  cli(["sync", file, ...board.arguments, ...more], { connect });

describe("sync on a chip that runs its program", () => {
  test("enters the bootloader, does nothing where nothing differs, and starts the program", async () => {
    const rig = await board();
    const { status, stderr } = await sync(rig, rig.file(OLD));
    expect(stderr).toContain("already current");
    expect(status).toBe(0);
    expect(rig.moves).toEqual(["enter", "leave"]);
    expect(rig.runs).toBe(true);
  });

  test("writes what differs and starts it", async () => {
    const rig = await board();
    expect((await sync(rig, rig.file(NEW))).status).toBe(0);
    expect([...rig.chip.peek(BASE, NEW.length)]).toEqual([...NEW]);
    expect(rig.runs).toBe(true);
  });

  test("leaves it in its bootloader when that is asked for", async () => {
    const rig = await board();
    expect((await sync(rig, rig.file(OLD), "--leave", "stay")).status).toBe(0);
    expect(rig.moves).toEqual(["enter"]);
    expect(rig.chip.state).toBe("bootloader");
  });
});

describe("sync that fails and changed nothing", () => {
  test("starts the old program when the image is not for this chip", async () => {
    const rig = await board();
    const { status, stderr } = await sync(rig, rig.file(NEW), "--base", "0x09000000");
    expect(status).toBe(55);
    expect(stderr).toContain("not updated, and the program that was there was told to start: ");
    expect(stderr).toContain("(IMAGE_OUTSIDE)");
    expect(stderr).toContain(
      "the flash was not changed; the reset lines were moved to start the program that it holds",
    );
    expect(rig.moves).toEqual(["enter", "leave"]);
    expect(rig.runs).toBe(true);
    expect([...rig.chip.peek(BASE, OLD.length)]).toEqual([...OLD]);
  });

  test("starts the old program of another chip than the one expected", async () => {
    const rig = await board();
    const { status, stdout } = await sync(rig, rig.file(NEW), "--chip", "stm32f407", "--json");
    expect(status).toBe(55);
    const last: unknown = JSON.parse(stdout.trim().split("\n").at(-1)!);
    expect(last).toMatchObject({ code: "NOT_UPDATED", reason: "WRONG_CHIP", exitStatus: 55 });
    expect(rig.runs).toBe(true);
  });

  test("starts the old program of a protected chip", async () => {
    const rig = await board({ rdp: "1" });
    const { status, stderr } = await sync(rig, rig.file(NEW));
    expect(stderr).toContain("(PROTECTED)");
    expect(status).toBe(55);
    expect(rig.runs).toBe(true);
  });

  test("does not touch the chip at all for an image that is none", async () => {
    const rig = await board();
    const { status } = await sync(rig, rig.file(Buffer.from(":00\n"), "bad.hex"));
    expect(status).toBe(40);
    expect(rig.moves).toEqual([]);
    expect(rig.runs).toBe(true);
  });

  test("gives the lines back to a chip that never answered, and keeps its status", async () => {
    const rig = await board();
    rig.chip.setPower(false);
    const { status } = await sync(rig, rig.file(OLD));
    expect(status).toBe(20);
    expect(rig.moves.at(-1)).toBe("leave");
  }, 60_000);

  test("says of a write that was not to start anything what it always said", async () => {
    const rig = await board();
    const file = rig.file(NEW);
    const { status } = await cli(["write", file, "--base", "0x09000000", ...rig.arguments], { connect });
    expect(status).toBe(41);
    expect(rig.moves).toEqual(["enter"]);
  });
});

describe("waiting", () => {
  test("--wait-device waits for a node that is not there yet", async () => {
    const rig = await board();
    const late = join(rig.folder, "late");
    setTimeout(() => symlinkSync(rig.path, late), 300);
    const { status, stderr } = await cli(
      ["info", "--port", `serial:${late}`, ...rig.arguments.slice(2), "--wait-device", "20"],
      { connect },
    );
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  test("--wait-device ends with what is missing", async () => {
    const { status } = await cli(["info", "--port", "serial:/dev/none", "--wait-device", "200ms"], {
      connect,
    });
    expect(status).toBe(10);
  });

  test("--wait-chip waits for a board that is put into the jig", async () => {
    const rig = await chipOnPty("stm32g071");
    open.push(rig);
    rig.chip.setPower(false);
    setTimeout(() => rig.chip.setPower(true), 1500);
    const { status, stderr } = await cli(
      ["info", "--port", `serial:${rig.path}?mode=8n1`, "--wait-chip", "30"],
      {
        connect,
      },
    );
    expect(stderr).toBe("");
    expect(status).toBe(0);
  }, 60_000);

  test("--wait-chip ends with nobody's answer", async () => {
    const rig = await chipOnPty("stm32g071");
    open.push(rig);
    rig.chip.setPower(false);
    const { status } = await cli(["info", "--port", `serial:${rig.path}?mode=8n1`, "--wait-chip", "100ms"], {
      connect,
    });
    expect(status).toBe(20);
  }, 60_000);
});
