/** What stopped a call before its answer was there. */
export type Stop = "caller" | "timeout" | "attempt-timeout";

/** A promise that also rejects when the signal is aborted, for work that takes no signal. */
export function bounded<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** `setTimeout` takes no more; a longer one would fire at once. */
const longest = 2 ** 31 - 1;

/**
 * The time of one call: its whole `timeout`, the time of a single try, and the caller's own signal,
 * as one `AbortSignal` for each try. Timers and listeners are gone after `release`.
 */
export class Deadline {
  /** What stopped the current try; `undefined` when it failed on its own. */
  stopped: Stop | undefined;
  readonly #caller: AbortSignal | undefined;
  readonly #endsAt: number;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #controller = new AbortController();
  readonly #onAbort = (): void => this.#stop("caller");

  constructor(timeout: number, caller: AbortSignal | undefined) {
    this.#caller = caller;
    this.#endsAt = Date.now() + timeout;
    this.#after(timeout, "timeout");
    if (caller?.aborted) this.#onAbort();
    else caller?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Milliseconds that are left. */
  remaining(): number {
    return Math.max(0, this.#endsAt - Date.now());
  }

  /** The reason of the caller's signal. */
  get reason(): unknown {
    return this.#caller?.reason;
  }

  /** Runs one try under a signal of its own. */
  async attempt<T>(
    limit: number | undefined,
    run: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (this.stopped !== "caller" && this.stopped !== "timeout") {
      this.stopped = undefined;
      this.#controller = new AbortController();
    }
    const timer = limit === undefined ? undefined : this.#after(limit, "attempt-timeout");
    try {
      return await run(this.#controller.signal);
    } finally {
      this.#clear(timer);
    }
  }

  /** Waits; gives false, at once, when the call is stopped meanwhile. */
  sleep(milliseconds: number): Promise<boolean> {
    return this.attempt(undefined, (signal) => {
      if (signal.aborted) return Promise.resolve(false);
      return new Promise((resolve) => {
        const done = (): void => {
          this.#clear(timer);
          signal.removeEventListener("abort", done);
          resolve(!signal.aborted);
        };
        const timer = setTimeout(done, Math.min(milliseconds, longest));
        signal.addEventListener("abort", done);
      });
    });
  }

  /** The answer has begun and is streamed from here: time no longer counts, the caller's signal does. */
  detach(): void {
    for (const timer of this.#timers) this.#clear(timer);
  }

  /** The call is over. */
  release(): void {
    this.detach();
    this.#caller?.removeEventListener("abort", this.#onAbort);
  }

  #after(milliseconds: number, stop: Stop): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => this.#stop(stop), Math.min(milliseconds, longest));
    this.#timers.add(timer);
    return timer;
  }

  #clear(timer: ReturnType<typeof setTimeout> | undefined): void {
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#timers.delete(timer);
  }

  #stop(stop: Stop): void {
    this.stopped ??= stop;
    this.#controller.abort();
  }
}
