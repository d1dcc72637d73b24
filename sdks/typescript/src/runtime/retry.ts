/** The rules of trying again, as pure functions. */

/** Methods that can be repeated without harm (RFC 9110, section 9.2.2). */
const idempotent = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** Answers after which the same request can succeed. 409 is none: it stays what it is. */
const retriable = new Set([408, 429, 500, 502, 503, 504]);

/** Whether a request may be repeated at all: it does no harm, and its body can be sent again. */
export function isRepeatable(method: string, keyed: boolean, replayable: boolean): boolean {
  return replayable && (keyed || idempotent.has(method));
}

export function isRetriableStatus(status: number): boolean {
  return retriable.has(status);
}

/**
 * The forms of a date (RFC 9110, section 5.6.7): the one to send, and two that are obsolete.
 * `Date.parse` alone takes "maybe 2099" for a date.
 */
const dates = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * The seconds of a `Retry-After` header: a number, or the time until an HTTP date (RFC 9110,
 * section 10.2.3). `undefined` for no header, and for one that says neither.
 */
export function retryAfterSeconds(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header);
  if (!dates.some((format) => format.test(header))) return undefined;
  const date = Date.parse(header.endsWith("GMT") ? header : `${header} GMT`);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

/**
 * Milliseconds to wait before try `tries + 1`: what the server asks for, to the millisecond, or
 * otherwise anything up to 0.5 s doubled with each try, at most 8 s ("full jitter").
 */
export function retryDelay(
  tries: number,
  retryAfter: number | undefined,
  random: number = Math.random(),
): number {
  if (retryAfter !== undefined) return retryAfter * 1000;
  return random * Math.min(8_000, 500 * 2 ** (tries - 1));
}

/**
 * A client's allowance of retries, so that a server in trouble is not sent three times the load.
 * Full, it allows 20; a retry takes 5 of its 100 tokens, and a success gives 1 back.
 */
export class RetryBudget {
  #tokens = 100;

  /** Takes one retry; false when there is none left. */
  take(): boolean {
    if (this.#tokens < 5) return false;
    this.#tokens -= 5;
    return true;
  }

  refund(): void {
    this.#tokens = Math.min(100, this.#tokens + 1);
  }
}
