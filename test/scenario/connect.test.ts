/** Connecting can be stopped, and says what was stopped. */
import { describe, expect, it } from "vitest";
import { connect } from "../../src/flash/connect.js";
import { BootlaceError } from "../../src/errors.js";
import { StepError, type Transport } from "../../src/transport/transport.js";
import { UART_TRAITS } from "../../src/transport/traits.js";

describe("connecting", () => {
  it("stops at the next step when it is asked to, with the reason that was given", async () => {
    const controller = new AbortController();
    let lists = 0;
    const silent: Transport = {
      traits: UART_TRAITS,
      description: "a silent port",
      baud: undefined,
      exchange: (steps, options) => {
        options?.signal?.throwIfAborted();
        if (++lists === 2) controller.abort(new BootlaceError("TERMINATED", "stopped by SIGTERM"));
        return Promise.reject(new StepError(steps.length - 1, "timeout", undefined));
      },
      shrinkFrames: () => false,
      slowDown: () => Promise.resolve(false),
      discardInput: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const connecting = connect(
      { ...silent, exchange: async (steps, options) => silent.exchange(steps, options) },
      { signal: controller.signal },
    );
    await expect(connecting).rejects.toMatchObject({ code: "TERMINATED" });
    expect(lists).toBe(2);
  });

  it("closes the transport when nobody answers", async () => {
    let closed = 0;
    const silent: Transport = {
      traits: UART_TRAITS,
      description: "a silent port",
      baud: undefined,
      exchange: (steps) => Promise.reject(new StepError(steps.length - 1, "timeout", undefined)),
      shrinkFrames: () => false,
      slowDown: () => Promise.resolve(false),
      discardInput: () => Promise.resolve(),
      close: () => {
        closed++;
        return Promise.resolve();
      },
    };
    await expect(connect(silent)).rejects.toThrow("no bootloader answers on a silent port");
    expect(closed).toBe(1);
  });
});
