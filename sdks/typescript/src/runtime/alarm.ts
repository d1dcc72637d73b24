type Timer = ReturnType<typeof setTimeout>;

/** `setTimeout` takes no more; a longer one would fire at once. */
const longest = 2 ** 31 - 1;

const set = new Set<Alarm>();
let timer: Timer | undefined;
/** When the timer fires, by the monotonic clock. */
let firesAt = Number.POSITIVE_INFINITY;

/**
 * Something to do after some milliseconds, unless it is cleared before.
 *
 * All share one timer, which is left to fire in vain rather than taken back: nearly every call ends
 * long before its deadline, and a timer of its own would cost a small call some percents. While
 * nothing is set, the timer does not keep a process alive.
 */
export class Alarm {
  readonly #at: number;
  readonly #ring: () => void;

  constructor(milliseconds: number, ring: () => void) {
    this.#at = performance.now() + milliseconds;
    this.#ring = ring;
    set.add(this);
    if (this.#at < firesAt) arm(this.#at);
    else if (set.size === 1) hold(true);
  }

  clear(): void {
    if (set.delete(this) && set.size === 0) hold(false);
  }

  /** Rings what is due, and sets the timer for what is next. */
  static fire(): void {
    const now = performance.now();
    timer = undefined;
    firesAt = Number.POSITIVE_INFINITY;
    for (const alarm of set) {
      if (alarm.#at > now) continue;
      set.delete(alarm);
      alarm.#ring();
    }
    let next = Number.POSITIVE_INFINITY;
    for (const alarm of set) next = Math.min(next, alarm.#at);
    if (next < firesAt) arm(next);
  }
}

function arm(at: number): void {
  clearTimeout(timer);
  firesAt = at;
  timer = setTimeout(Alarm.fire, Math.min(Math.ceil(at - performance.now()), longest));
}

/** Node, Deno and Bun end when no timer holds them. */
function hold(on: boolean): void {
  const held = timer as Partial<{ ref(): void; unref(): void }> | number | undefined;
  if (typeof held !== "object") return;
  if (on) held.ref?.();
  else held.unref?.();
}
