/** The drop-in for stm32flash against the real one, over I2C: see docs/stm32flash.md. */
import { I2C_CASES } from "./stm32flash/cases-i2c.js";
import { compareAll } from "./stm32flash/compare.js";

compareAll("I2C", I2C_CASES);
