import type { ResponseInfo } from "./result.js";

/** Where a client writes what it does: `console`, or any object with its four methods. */
export interface Logger {
  debug(message: string, ...facts: unknown[]): void;
  info(message: string, ...facts: unknown[]): void;
  warn(message: string, ...facts: unknown[]): void;
  error(message: string, ...facts: unknown[]): void;
}

/** How much is written: each level includes those before it. */
export type Verbosity = "off" | "error" | "warn" | "info" | "debug";

const levels: readonly string[] = ["off", "error", "warn", "info", "debug"] satisfies Verbosity[];

/** Headers whose values are credentials, or let someone else repeat a call. */
const secret = /auth|cookie|token|secret|password|credential|signature|key/i;

/** One try, as it is logged. */
export interface Try {
  readonly operation: string;
  readonly attempt: number;
  readonly method: string;
  /** The URL without its query, which can hold credentials. */
  readonly url: string;
  readonly headers: Iterable<readonly [string, string]>;
}

/** Writes to a logger what its level asks for. No body, query or credential is ever written. */
export class Log {
  readonly #logger: Logger;
  readonly #level: number;
  readonly #secret: ReadonlySet<string>;

  /** `secretHeaders` are those that carry the API's own credentials, in lower case. */
  constructor(logger: Logger, level: Verbosity, secretHeaders: Iterable<string>) {
    this.#logger = logger;
    this.#level = levels.indexOf(level);
    this.#secret = new Set(secretHeaders);
  }

  /** A try that is over: with its answer, or with the name of what it failed with. */
  tried(one: Try, milliseconds: number, outcome: ResponseInfo | string): void {
    if (this.#level < 4) return;
    const { operation, attempt, method, url, headers } = one;
    const said = typeof outcome === "string" ? outcome : String(outcome.status);
    this.#logger.debug(`${method} ${url}: ${said} after ${Math.round(milliseconds)} ms`, {
      operation,
      attempt,
      receipt: typeof outcome === "string" ? undefined : outcome.receipt,
      requestHeaders: this.#shown(headers),
      responseHeaders: typeof outcome === "string" ? undefined : this.#shown(outcome.headers),
    });
  }

  /** A try waits: after a failure, or for its turn under the rate limit. */
  waits(operation: string, attempt: number, milliseconds: number, why: string): void {
    if (this.#level < 3) return;
    const wait = Math.round(milliseconds);
    this.#logger.info(`${operation}: try ${attempt} in ${wait} ms: ${why}`, { operation, attempt });
  }

  /** A call is not tried again though it could be: the client's retries are used up. */
  exhausted(operation: string): void {
    if (this.#level < 2) return;
    this.#logger.warn(`${operation}: not tried again, the client's retry budget is used up`);
  }

  #shown(headers: Iterable<readonly [string, string]>): { readonly [name: string]: string } {
    const shown = Array.from(headers, ([name, value]) => {
      const hidden = secret.test(name) || this.#secret.has(name.toLowerCase());
      return [name, hidden ? "***" : name === "location" ? value.replace(/\?.*/s, "") : value];
    });
    return Object.fromEntries(shown);
  }
}

/** The level of a text, as an environment variable has it; `undefined` for another text. */
export function logLevel(text: string | undefined): Verbosity | undefined {
  return text !== undefined && levels.includes(text) ? (text as Verbosity) : undefined;
}
