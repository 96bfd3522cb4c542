/** Calls every function of the addon without arguments and prints what each said. */
import { binding } from "../../../src/native/binding.js";

const said: Record<string, string> = {};
for (const [name, f] of Object.entries(binding() as unknown as Record<string, () => unknown>)) {
  try {
    await f();
    said[name] = "nothing";
  } catch (error) {
    said[name] = (error as Error).message;
  }
}
console.log(JSON.stringify(said));
