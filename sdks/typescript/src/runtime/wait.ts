import type { Core } from "./core.js";
import {
  AbortError,
  APIError,
  ConfigurationError,
  ConnectionError,
  SDKError,
  TimeoutError,
} from "./errors.js";
import { onAbort } from "./on-abort.js";
import type { RequestOptions } from "./options.js";
import { at } from "./property.js";
import { Result, type WithResponse } from "./result.js";
import { sleep } from "./sleep.js";
import type { Stream, StreamOptions } from "./stream.js";
import { readToken, type WaitPlace, writeToken } from "./wait-token.js";

/** How to wait for what an operation only promises, as the document describes it. */
export interface Waiting<Done> {
  /** The operationId of the call that starts the work. */
  readonly operation: string;
  /** Reads the state; the path parameters come last. */
  readonly poll: (core: Core, options: RequestOptions, ...path: never[]) => Result<Done>;
  /** Where the answer to the start holds each of them. */
  readonly pollPath: readonly (readonly string[])[];
  /** Streams what happens until the end, where the API has such a stream. */
  readonly stream?: (core: Core, options: StreamOptions, ...path: never[]) => Stream<unknown>;
  readonly streamPath?: readonly (readonly string[])[];
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
  /**
   * Hears of the wait's place: once the work has started, and whenever the stream has moved on. The
   * token can be stored, and the method that waits from a token takes it, in any process.
   */
  readonly onWaiting?: ((token: string) => void) | undefined;
}

/**
 * Starts an operation and waits for its result: on its stream where there is one, and by polling
 * where the stream can not be had or has ended too early.
 *
 * @throws TimeoutError when the result is not there in time; the operation itself goes on. Every
 *   error carries the key of the call that started it and, once it has started, the `waitToken`.
 */
export function wait<Started, Done>(
  core: Core,
  start: (options: RequestOptions) => Result<Started>,
  waiting: Waiting<Done>,
  options: WaitOptions = {},
): Result<Done> {
  const begin = async (own: RequestOptions): Promise<WaitPlace> => {
    const { onWaiting, interval, ...rest } = options;
    const { data, idempotencyKey } = await start({ ...rest, ...own }).withResponse();
    const { operation, pollPath, streamPath } = waiting;
    const stream = streamPath && pathOf(data, streamPath);
    return { operation, poll: pathOf(data, pollPath), stream, idempotencyKey };
  };
  return new Result(follow(core, begin, waiting, options));
}

/**
 * Goes on with a wait from the place that a token names.
 *
 * @throws ConfigurationError, before anything is sent, for a token of another operation or form.
 */
export function waitFrom<Done>(
  core: Core,
  token: string,
  waiting: Waiting<Done>,
  options: WaitOptions = {},
): Result<Done> {
  const begin = async (): Promise<WaitPlace> => {
    const place = readToken(token, waiting.operation);
    const { poll, stream = [] } = place;
    const fits = poll.length === waiting.pollPath.length;
    if (!fits || ![0, waiting.streamPath?.length].includes(stream.length)) {
      throw new ConfigurationError("This is no wait token");
    }
    return place;
  };
  return new Result(follow(core, begin, waiting, options));
}

/** From the beginning, or from a place, to the result. */
async function follow<Done>(
  core: Core,
  begin: (own: RequestOptions) => Promise<WaitPlace>,
  waiting: Waiting<Done>,
  options: WaitOptions,
): Promise<WithResponse<Done>> {
  const { timeout = 600_000, interval = 1_000, signal, maxRetries } = options;
  const stop = new AbortController();
  const endsAt = Date.now() + timeout;
  const timer = setTimeout(() => stop.abort(), timeout);
  const unheed = signal && onAbort(signal, () => stop.abort());
  const own = (): RequestOptions => ({
    timeout: Math.min(core.config.timeout, Math.max(1, endsAt - Date.now())),
    signal: stop.signal,
    maxRetries,
  });
  let place: WaitPlace | undefined;
  const moveTo = (next: WaitPlace): void => {
    place = next;
    options.onWaiting?.(writeToken(next));
  };
  try {
    const begun = await begin(own());
    const { poll, stream, lastEventId, idempotencyKey } = begun;
    moveTo(begun);
    if (waiting.stream !== undefined && stream !== undefined) {
      const values = waiting.stream(core, { ...own(), lastEventId }, ...(stream as never[]));
      await toEnd(values, stop.signal, () => moveTo({ ...begun, lastEventId: values.lastEventId }));
    }
    for (;;) {
      const answer = await waiting.poll(core, own(), ...(poll as never[])).withResponse();
      const state = String(at(answer.data, waiting.state));
      if (waiting.terminal.includes(state)) return { ...answer, idempotencyKey };
      await sleep(interval, stop.signal);
    }
  } catch (error) {
    throw failure(error, place, stop.signal, signal);
  } finally {
    clearTimeout(timer);
    unheed?.();
  }
}

/** The error of a wait, with what it takes to go on. */
function failure(
  error: unknown,
  place: WaitPlace | undefined,
  stopped: AbortSignal,
  caller: AbortSignal | undefined,
): unknown {
  const known = error instanceof SDKError ? error : undefined;
  const more = {
    idempotencyKey: place?.idempotencyKey ?? known?.idempotencyKey,
    waitToken: place && writeToken(place),
  };
  if (caller?.aborted) {
    return new AbortError("The wait was stopped", { cause: caller.reason, ...more });
  }
  const isLate = known instanceof TimeoutError && known.retryAfter === undefined;
  if (stopped.aborted || isLate) {
    return new TimeoutError("The result is not there within the timeout", more);
  }
  return known === undefined ? error : Object.assign(known, more);
}

/**
 * Reads a stream to its end, and says whenever it has moved on. One that fails is no failure:
 * polling goes on where it stopped.
 */
async function toEnd(
  events: Stream<unknown>,
  signal: AbortSignal,
  moved: () => void,
): Promise<void> {
  let { lastEventId } = events;
  try {
    for await (const _event of events) {
      if (events.lastEventId === lastEventId) continue;
      lastEventId = events.lastEventId;
      moved();
    }
  } catch (error) {
    const unavailable = error instanceof APIError || error instanceof ConnectionError;
    if (signal.aborted || !unavailable) throw error;
  }
}

/**
 * The values of an answer that the next call's path needs.
 *
 * @throws SDKError when the answer does not hold one.
 */
function pathOf(answer: unknown, paths: readonly (readonly string[])[]): string[] {
  return paths.map((path) => {
    const value = at(answer, path);
    if (value !== undefined && value !== null) return String(value);
    throw new SDKError(`The answer holds no ${path.join(".")}`);
  });
}
