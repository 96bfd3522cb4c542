/**
 * What a job tells while it runs. Order: `planned` once (write and erase), then for each phase `start`, any number of
 * `progress`, `end`; `retry` and `note` anywhere. When the job fails, its promise rejects and no further event follows.
 */
export type FlashEvent =
  | { readonly type: "planned"; readonly plan: PlanSummary }
  | {
      readonly type: "start";
      readonly phase: Phase;
      readonly total: number;
      readonly unit: "bytes" | "pages";
    }
  | { readonly type: "progress"; readonly phase: Phase; readonly done: number; readonly total: number }
  | {
      readonly type: "end";
      readonly phase: Phase;
      readonly done: number;
      readonly elapsedMs: number;
      readonly detail?: string | undefined;
    }
  | {
      readonly type: "retry";
      readonly phase: Phase;
      readonly address?: number | undefined;
      readonly attempt: number;
      readonly reason: string;
    }
  /** Something the user should know and that is no failure: "the last 40 bytes of page 12 are read and put back". */
  | {
      readonly type: "note";
      readonly text: string;
      /** It may be a mistake of the user: told also where success is silent. */
      readonly doubt?: true;
    };

export type Phase = "compare" | "preserve" | "erase" | "write" | "verify" | "read" | "protect" | "leave";

/** How far a whole job is, over all its phases. */
export interface Progress {
  /** 0 to 1; never goes back. 1 comes once, when the job is done and what was asked for is true. */
  readonly fraction: number;
  /** Guessed from the time so far; undefined while there is nothing to guess from. */
  readonly leftMs: number | undefined;
  /** What is done at the moment, how much of it, and of how much. Absent at the end. */
  readonly phase?: Phase;
  readonly unit?: "bytes" | "pages";
  readonly done?: number;
  readonly total?: number;
}

export type EventSink = (event: FlashEvent) => void;

/** The plan in numbers; the pages themselves are in flash/plan.ts. */
export interface PlanSummary {
  readonly keepPages: number;
  readonly erasePages: number;
  readonly writePages: number;
  readonly writeBytes: number;
  /** Bytes outside the image that share a page with it and are read and put back. */
  readonly preserveBytes: number;
  /** Bytes outside the image that are given up (--erase-partial). */
  readonly lostBytes: number;
  readonly massErase: boolean;
  /** Data EEPROM (STM32L0, L1): bytes of the words that differ. Absent where the image has none. */
  readonly eepromBytes?: number;
  readonly pages: readonly PagePlanSummary[];
}

export interface PagePlanSummary {
  readonly index: number;
  readonly address: number;
  readonly size: number;
  readonly action: PageAction;
  /** Why this page is partly the image's, in words for people; absent when the image covers it whole. */
  readonly partial?: "rest is blank" | "rest is read and put back" | "rest is given up" | undefined;
}

/** "write": the page is blank already. "erase": nothing has to be written into it. */
export type PageAction = "keep" | "write" | "erase" | "erase and write";

/** How it was found out what the flash holds: by the ROM's checksum, by a program's, or by reading. */
export type CheckedBy = "checksum" | "checksum program" | "read back";
