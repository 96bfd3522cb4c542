/** What GPIO lines need of the addon; tests give their own. */
import type { NativeBinding } from "../native/binding.js";

export type GpioBinding = Pick<
  NativeBinding,
  "gpioOpen" | "gpioChipInfo" | "gpioLineInfo" | "gpioRequest" | "gpioConfigure" | "gpioSet" | "close"
>;
