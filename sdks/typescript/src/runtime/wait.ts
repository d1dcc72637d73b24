import type { Core } from "./core.js";
import { AbortError, APIError, ConnectionError, SDKError, TimeoutError } from "./errors.js";
import type { RequestOptions } from "./options.js";
import { at } from "./property.js";
import type { Result } from "./result.js";
import { sleep } from "./sleep.js";
import type { Stream, StreamOptions } from "./stream.js";

/** How to wait for what an operation only promises, as the document describes it. */
export interface Waiting<Started, Done> {
  /** Reads the state. */
  readonly poll: (core: Core, started: Started, options: RequestOptions) => Result<Done>;
  /** Streams what happens until the end, where the API has such a stream. */
  readonly stream?: (core: Core, started: Started, options: StreamOptions) => Stream<unknown>;
  /** Where the state stands in what `poll` gives. */
  readonly state: readonly string[];
  /** The states after which nothing changes. */
  readonly terminal: readonly string[];
}

export interface WaitOptions extends RequestOptions {
  /** Milliseconds until the result must be there; 600,000 by default. */
  readonly timeout?: number | undefined;
  /** Milliseconds between two polls; 1,000 by default. */
  readonly interval?: number | undefined;
}

/**
 * Starts an operation and waits for its result: on its stream where there is one, and by polling
 * where the stream can not be had or has ended too early.
 *
 * @throws TimeoutError when the result is not there in time, with the key of the call that started
 *   it; the operation itself goes on.
 */
export async function wait<Started, Done>(
  core: Core,
  start: (options: RequestOptions) => Result<Started>,
  waiting: Waiting<Started, Done>,
  options: WaitOptions = {},
): Promise<Done> {
  const { timeout = 600_000, interval = 1_000, signal } = options;
  const stop = new AbortController();
  const endsAt = Date.now() + timeout;
  const timer = setTimeout(() => stop.abort(), timeout);
  const onAbort = (): void => stop.abort();
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) stop.abort();
  const { maxRetries } = options;
  const own = (): RequestOptions => ({
    timeout: Math.min(core.config.timeout, Math.max(1, endsAt - Date.now())),
    signal: stop.signal,
    maxRetries,
  });
  let idempotencyKey: string | undefined;
  try {
    const started = await start({ ...options, ...own() }).withResponse();
    idempotencyKey = started.idempotencyKey;
    if (waiting.stream !== undefined) {
      await follow(waiting.stream(core, started.data, own()), stop.signal);
    }
    for (;;) {
      const done = await waiting.poll(core, started.data, own());
      if (waiting.terminal.includes(String(at(done, waiting.state)))) return done;
      await sleep(interval, stop.signal);
    }
  } catch (error) {
    if (!stop.signal.aborted && !(error instanceof TimeoutError)) throw error;
    if (error instanceof SDKError) idempotencyKey ??= error.idempotencyKey;
    if (signal?.aborted) {
      throw new AbortError("The wait was stopped", { cause: signal.reason, idempotencyKey });
    }
    throw new TimeoutError("The result is not there within the timeout", { idempotencyKey });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Reads a stream to its end. One that fails is no failure: polling goes on where it stopped. */
async function follow(events: Stream<unknown>, signal: AbortSignal): Promise<void> {
  try {
    for await (const _event of events);
  } catch (error) {
    const unavailable = error instanceof APIError || error instanceof ConnectionError;
    if (signal.aborted || !unavailable) throw error;
  }
}

/**
 * A value of the first answer that the next call needs.
 *
 * @throws SDKError when the answer does not hold it.
 */
export function pick(answer: unknown, ...path: readonly string[]): never {
  const value = at(answer, path);
  if (value === undefined || value === null) {
    throw new SDKError(`The answer holds no ${path.join(".")}`);
  }
  return value as never;
}
