/** test/fresh-machine and .ci/run where they cannot do what they are for: they say so, and fail. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runTool, type ToolResult } from "../../fake-i2c-dev/run-tool.js";

const ROOT = new URL("../../../", import.meta.url).pathname;
const RUN = join(ROOT, "test/fresh-machine/run.sh");
const scratch = mkdtempSync(join(tmpdir(), "bootlace-machine-test-"));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

/** A folder of programs that are scripts. */
function programs(name: string, scripts: Readonly<Record<string, string>>): string {
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  for (const [program, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, program), 0o755);
  }
  return folder;
}

const NOBODY = { id: "case $1 in -u) echo 1000 ;; *) echo nobody ;; esac" };
const ROOT_USER = { id: "echo 0" };
const before = (folder: string): { PATH: string } => ({ PATH: `${folder}:${process.env["PATH"]}` });
const last = (text: string): string => text.trimEnd().split("\n").at(-1)!;

/** A PATH with nothing but these programs of the machine, behind those of the test. */
function only(folder: string, ...names: string[]): { PATH: string } {
  for (const name of names) symlinkSync(join("/usr/bin", name), join(folder, name));
  return { PATH: folder };
}

describe("test/fresh-machine/run.sh", () => {
  const BASIC = ["bash", "dirname", "realpath", "uname", "unshare"];

  it("says that it needs root", async () => {
    const { status, stderr } = await runTool("bash", [RUN, "true"], before(programs("nobody", NOBODY)));
    expect(status).toBe(1);
    expect(stderr).toBe(
      `fresh-machine cannot run here: it needs root for its mounts and its chroot, and this is user nobody. Try: sudo -E bash ${RUN}\n`,
    );
  });

  it("says that it needs Linux", async () => {
    const folder = programs("darwin", { uname: "echo Darwin" });
    const { status, stderr } = await runTool("bash", [RUN, "true"], before(folder));
    expect(status).toBe(1);
    expect(stderr).toBe("fresh-machine cannot run here: it makes a Debian machine; this is Darwin.\n");
  });

  it("says that there is no mmdebstrap and no apt-get to install it", async () => {
    const env = only(programs("no-apt", ROOT_USER), ...BASIC);
    const { status, stderr } = await runTool("/bin/bash", [RUN, "true"], env);
    expect(status).toBe(1);
    expect(stderr).toBe(
      "fresh-machine cannot run here: there is no mmdebstrap, and no apt-get to install it.\n",
    );
  });

  it("says that apt-get could not install mmdebstrap, behind what apt-get said", async () => {
    const folder = programs("bad-apt", { ...ROOT_USER, "apt-get": "echo 'E: no network' >&2; exit 100" });
    const { status, stderr } = await runTool("/bin/bash", [RUN, "true"], only(folder, ...BASIC));
    expect(status).toBe(1);
    expect(stderr).toBe(
      "E: no network\nfresh-machine cannot run here: there is no mmdebstrap, and apt-get could not install it.\n",
    );
  });

  it("says that --keep needs a folder", async () => {
    const { status, stderr } = await runTool("bash", [RUN, "--keep"], {});
    expect(status).toBe(1);
    expect(stderr).toBe("fresh-machine cannot run here: --keep needs a folder.\n");
  });

  it("says that the machine could not be made, behind what mmdebstrap said", async () => {
    const folder = programs("bad-mmdebstrap", {
      ...ROOT_USER,
      mmdebstrap: "echo 'E: no mirror' >&2; exit 25",
    });
    const env = { ...before(folder), TMPDIR: scratch };
    const { status, stderr } = await runTool("bash", [RUN, "true"], env);
    expect(status).toBe(1);
    expect(stderr).toBe(
      "E: no mirror\nfresh-machine cannot run here: the machine could not be made, see above.\n",
    );
  });
});

describe("test/fresh-machine/readme.sh", () => {
  const readme = (name: string, npm: string): Promise<ToolResult> =>
    runTool("bash", [join(ROOT, "test/fresh-machine/readme.sh")], before(programs(name, { npm })));

  it("runs README.md's commands as they stand there", async () => {
    const { status, stdout } = await readme("good-npm", 'echo "ran npm $*"');
    expect(status).toBe(0);
    expect(stdout).toBe("$ npm ci && npm run demo\nran npm ci\nran npm run demo\n$ npm test\nran npm test\n");
  });

  it("stops at the first that fails, and says which", async () => {
    const { status, stdout } = await readme("no-demo", 'echo "ran npm $*"; [ "$1" != run ]');
    expect(status).toBe(1);
    expect(last(stdout)).toBe("README.md's command failed: npm ci && npm run demo");
    expect(stdout).not.toContain("npm test");
  });
});

describe(".ci/run", () => {
  /** .ci/run beside a fresh machine that prints these lines. */
  async function afterMachine(name: string, script: string): Promise<ToolResult> {
    const folder = join(scratch, name);
    mkdirSync(join(folder, "test/fresh-machine"), { recursive: true });
    cpSync(join(ROOT, ".ci"), join(folder, ".ci"), { recursive: true });
    writeFileSync(join(folder, "test/fresh-machine/run.sh"), script);
    return runTool("bash", [join(folder, ".ci/run")], {});
  }

  it("fails where the machine cannot be made, and says why", async () => {
    const env = before(programs("nobody-ci", NOBODY));
    const { status, stdout } = await runTool("bash", [join(ROOT, ".ci/run")], env);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^fresh-machine cannot run here: it needs root .*\n0 passed, 1 failed\n$/);
  });

  it.each([
    ["all passed", "echo 7 passed, 0 failed", "7 passed, 0 failed", 0],
    ["some failed", "echo 5 passed, 2 failed; exit 1", "5 passed, 2 failed", 1],
    [
      "npm speaks behind the count",
      "echo 5 passed, 2 failed; echo npm error; exit 1",
      "5 passed, 2 failed",
      1,
    ],
    ["nothing was counted", "echo Killed; exit 137", "0 passed, 1 failed", 137],
    ["nothing was counted and nothing failed", "true", "0 passed, 1 failed", 1],
    ["all passed and the end failed", "echo 7 passed, 0 failed; exit 3", "0 passed, 1 failed", 3],
  ])("has the count as its last line, once: %s", async (what, script, count, status) => {
    const result = await afterMachine(what.replaceAll(" ", "-"), script);
    expect(last(result.stdout)).toBe(count);
    expect(result.stdout.match(/passed/g)).toHaveLength(1);
    expect(result.status).toBe(status);
  });
});
