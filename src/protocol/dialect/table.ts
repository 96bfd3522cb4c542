/** Which dialect is spoken behind a transport: a new bus has one line here. */
import type { Traits } from "../../transport/traits.js";
import type { Transport } from "../../transport/transport.js";
import type { Dialect } from "./dialect.js";
import { I2C } from "./i2c.js";
import { SPI } from "./spi.js";
import { UART } from "./uart.js";

const DIALECTS: Readonly<Record<Traits["dialect"], Dialect>> = { i2c: I2C, uart: UART, spi: SPI };

export const dialectOf = ({ traits }: Transport): Dialect => DIALECTS[traits.dialect];
