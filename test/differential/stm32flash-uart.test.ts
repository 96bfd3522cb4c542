/** The drop-in for stm32flash against the real one, over UART: see docs/stm32flash.md. */
import { UART_CASES } from "./stm32flash/cases-uart.js";
import { compareAll } from "./stm32flash/compare.js";

compareAll("UART", UART_CASES);
