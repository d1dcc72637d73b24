import { Alarm } from "./alarm.js";
import { onAbort } from "./on-abort.js";

/** What stopped a call before its answer was there. */
export type Stop = "caller" | "timeout" | "attempt-timeout";

/**
 * The time of one call: its whole `timeout`, the time of a single try, and the caller's own signal,
 * as one `AbortSignal` for each try. Alarms and listeners are gone after `release`.
 */
export class Deadline {
  /** What stopped the current try; `undefined` when it failed on its own. */
  stopped: Stop | undefined;
  readonly #caller: AbortSignal | undefined;
  readonly #endsAt: number;
  readonly #alarm: Alarm;
  #tryAlarm: Alarm | undefined;
  #controller = new AbortController();
  #unheed: (() => void) | undefined;
  #abandon: ((reason: unknown) => void) | undefined;

  constructor(timeout: number, caller: AbortSignal | undefined) {
    this.#caller = caller;
    this.#endsAt = performance.now() + timeout;
    this.#alarm = new Alarm(timeout, () => this.#stop("timeout"));
    if (caller !== undefined) this.#unheed = onAbort(caller, () => this.#stop("caller"));
  }

  /** Milliseconds that are left. */
  remaining(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  /** The reason of the caller's signal. */
  get reason(): unknown {
    return this.#caller?.reason;
  }

  /** Begins a try, and gives the signal that it is under; `endTry` ends it. */
  beginTry(limit: number | undefined): AbortSignal {
    if (this.stopped === "attempt-timeout") {
      this.stopped = undefined;
      this.#controller = new AbortController();
    }
    if (limit !== undefined) {
      this.#tryAlarm = new Alarm(limit, () => this.#stop("attempt-timeout"));
    }
    return this.#controller.signal;
  }

  /**
   * What the work of a try gives, or a rejection once the try is stopped: not everything that is
   * handed the signal heeds it. One work at a time.
   */
  within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#abandon = reject;
      if (this.#controller.signal.aborted) reject(this.#controller.signal.reason);
      work.then(resolve, reject);
    });
  }

  endTry(): void {
    this.#tryAlarm?.clear();
    this.#tryAlarm = undefined;
  }

  /** Waits; gives false, at once, when the call is stopped meanwhile. */
  sleep(milliseconds: number): Promise<boolean> {
    const signal = this.beginTry(undefined);
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (): void => {
        alarm.clear();
        signal.removeEventListener("abort", done);
        resolve(!signal.aborted);
      };
      const alarm = new Alarm(milliseconds, done);
      signal.addEventListener("abort", done);
    });
  }

  /** The answer has begun and is streamed from here: time no longer counts, the caller's signal does. */
  detach(): void {
    this.#alarm.clear();
    this.endTry();
  }

  /** The call is over. */
  release(): void {
    this.detach();
    this.#unheed?.();
  }

  #stop(stop: Stop): void {
    this.stopped ??= stop;
    this.#controller.abort();
    this.#abandon?.(this.#controller.signal.reason);
  }
}
