import type { Deadline } from "./deadline.js";
import { TimeoutError } from "./errors.js";
import type { ResponseInfo } from "./result.js";

/** So many requests may be left unspent before tries are spaced. */
const reserve = 10;

/** The longest space between two tries, in milliseconds. */
const longestSpace = 1_000;

/**
 * Keeps the tries of a client within the server's rate limit: all its concurrent calls take their
 * turns from one. While the server allows plenty, a try goes at once; near the end of the allowance,
 * tries are spaced so that it lasts until it is full again; after a 429, none is sent before the
 * time that it names.
 */
export class Governor {
  #remaining: number | undefined;
  /** When the allowance is full again, in Unix milliseconds. */
  #resetAt = 0;
  /** Tries sent and not answered yet. */
  #inFlight = 0;
  /** By the monotonic clock, as is the slot that was given out last. */
  #blockedUntil = 0;
  #lastSlot = 0;

  /**
   * Waits for the turn of one try, and counts it as sent; `onWait` hears of each wait.
   *
   * @returns false when the call was stopped meanwhile.
   * @throws TimeoutError with the wait, at once, when it does not fit into what is left of the call.
   */
  async admit(
    deadline: Deadline,
    idempotencyKey: string | undefined,
    onWait: (milliseconds: number) => void,
  ): Promise<boolean> {
    const slot = this.#slot();
    for (let taken = false; ; taken = true) {
      const wait = Math.max(slot, this.#blockedUntil) - performance.now();
      if (wait > 0 && wait >= deadline.remaining()) {
        const retryAfter = wait / 1000;
        const message = "The wait for the rate limit does not fit into the call's timeout";
        throw new TimeoutError(message, { idempotencyKey, retryAfter });
      }
      if (!taken) this.#lastSlot = Math.max(this.#lastSlot, slot);
      if (wait <= 0) break;
      onWait(wait);
      if (!(await deadline.sleep(wait))) return false;
    }
    this.#inFlight += 1;
    return true;
  }

  /** A try was answered, or failed without an answer. */
  settle(info: ResponseInfo | undefined, retryAfter: number | undefined): void {
    this.#inFlight -= 1;
    if (info === undefined) return;
    if (info.rateLimit?.resetAt !== undefined) {
      this.#remaining = info.rateLimit.remaining;
      this.#resetAt = info.rateLimit.resetAt.getTime();
    }
    if (info.status === 429 && retryAfter !== undefined) {
      const until = performance.now() + retryAfter * 1000;
      this.#blockedUntil = Math.max(this.#blockedUntil, until);
    }
  }

  /** When the next try may go; zero for at once. */
  #slot(): number {
    const untilReset = this.#resetAt - Date.now();
    if (this.#remaining === undefined || !(untilReset > 0)) return 0;
    const left = this.#remaining - this.#inFlight;
    if (left >= reserve) return 0;
    const space = Math.min(untilReset / (Math.max(left, 0) + 1), longestSpace);
    return Math.max(performance.now(), this.#lastSlot) + space;
  }
}
