/** Loads the addon and says from where, or why not. */
import { binding } from "../../../src/native/binding.js";

try {
  const native = binding();
  const loaded = addonPath();
  const file = native.fileOpen("/dev/null", 1);
  console.log(JSON.stringify({ loaded, free: native.lockQuery(file, 0, 1).state }));
} catch (error) {
  const { code, message, cause } = error as Error & { code: string };
  console.log(JSON.stringify({ code, message, why: (cause as Error).message }));
}

function addonPath(): string | undefined {
  const { sharedObjects } = process.report.getReport() as { sharedObjects: string[] };
  return sharedObjects.find((path) => path.includes("bootlace") && path.endsWith(".node"));
}
