import type { Core } from "./core.js";
import { AbortError, ConnectionError, DecodeError, SDKError } from "./errors.js";
import type { Arguments, Operation } from "./operation.js";
import type { RequestOptions } from "./options.js";
import type { ResponseInfo, WithResponse } from "./result.js";
import { retryDelay } from "./retry.js";
import { open } from "./send.js";
import { sleep } from "./sleep.js";

/** The text of one value, and the id to resume after where there is one. */
export interface StreamItem {
  readonly data: string;
  readonly id?: string;
}

/** Cuts a stream of text into the texts of its values. */
export interface Framing {
  push(text: string): Iterable<StreamItem>;
  /** The stream is over: gives what is complete without another line break. */
  end(): Iterable<StreamItem>;
  /** Milliseconds that the server asks to wait before reconnecting. */
  readonly retry?: number | undefined;
}

/** An operation whose answer is a stream of JSON values. */
export interface StreamOperation extends Omit<Operation<unknown>, "read"> {
  readonly framing: () => Framing;
  /** Reads the JSON text of one value. */
  readonly parse: (source: string) => unknown;
  /** The property that tells values apart, and its values after which the stream is over. */
  readonly terminal?: { readonly property: string; readonly values: readonly string[] };
  /** The request header that resumes after an event: `Last-Event-ID`. */
  readonly resume?: string;
}

export interface StreamOptions extends RequestOptions {
  /** Begins after the event with this id, where the operation can resume. */
  readonly lastEventId?: string | undefined;
}

/**
 * Values as the server sends them. Nothing is sent before the first is asked for. Where the server
 * gave ids, a broken connection is taken up again after the last value, `maxRetries` times in a
 * row; where it did not, the break is thrown. Leaving the loop closes the connection. A stream is
 * read once.
 */
export class Stream<T> implements AsyncIterable<T> {
  /** The id of the last value that was handed out; empty where the server sends none. */
  lastEventId: string;
  readonly #core: Core;
  readonly #operation: StreamOperation;
  readonly #args: Arguments;
  readonly #options: StreamOptions;
  readonly #stop = new AbortController();
  #first: Promise<WithResponse<undefined>> | undefined;
  #reading = false;
  /** The key of the first connection: one that resumes a write must not start it again. */
  #idempotencyKey: string | undefined;

  constructor(core: Core, operation: StreamOperation, args: Arguments, options: StreamOptions) {
    this.#core = core;
    this.#operation = operation;
    this.#args = args;
    this.#options = options;
    this.lastEventId = options.lastEventId ?? "";
    this.#idempotencyKey = options.idempotencyKey;
  }

  /** Connects, and gives the answer's facts beside the stream itself. */
  withResponse(): Promise<WithResponse<this>> {
    this.#first ??= this.#connect();
    return this.#first.then((answer) => ({ ...answer, data: this }));
  }

  /** Closes the connection; a loop that waits for the next value ends. */
  close(): void {
    this.#stop.abort();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    if (this.#reading) throw new SDKError("This stream is read already");
    this.#reading = true;
    const { signal } = this.#options;
    const stop = (): void => this.#stop.abort(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      yield* this.#read();
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
      // `close` is an end like any other; the caller's signal is an error, as everywhere.
      if (signal?.aborted) throw new AbortError("The stream was stopped", { cause: signal.reason });
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#stop.abort();
    }
  }

  /** Value after value, over as many connections as it takes. */
  async *#read(): AsyncGenerator<T, void, undefined> {
    const { terminal } = this.#operation;
    const maxRetries = this.#options.maxRetries ?? this.#core.config.maxRetries;
    for (let breaks = 1; ; breaks++) {
      const answer = await (this.#first ?? this.#connect());
      this.#first = undefined;
      this.#idempotencyKey = answer.idempotencyKey;
      // The HTML standard, section 9.2.3: it tells a client to stop.
      if (answer.status === 204) return;
      const framing = this.#operation.framing();
      let cause: unknown;
      try {
        for await (const items of frames(answer.response.body, framing)) {
          for (const item of items) {
            // Some servers keep a connection alive with events of no data.
            if (item.data.trim() === "") continue;
            const value = this.#parse(item, answer);
            if (item.id !== undefined) this.lastEventId = item.id;
            breaks = 1;
            yield value as T;
            if (isTerminal(terminal, value)) return;
          }
        }
        // A stream that has no end of its own is ended by its server only for now, if it can resume.
        if (terminal === undefined && !this.#canResume) return;
      } catch (error) {
        if (error instanceof SDKError || this.#stop.signal.aborted) throw error;
        cause = error;
      }
      if (!this.#canResume || breaks > maxRetries) {
        const { idempotencyKey } = answer;
        throw new ConnectionError("The stream broke off", { cause, idempotencyKey });
      }
      await sleep(framing.retry ?? retryDelay(breaks, undefined), this.#stop.signal);
    }
  }

  get #canResume(): boolean {
    return this.#operation.resume !== undefined && this.lastEventId !== "";
  }

  #connect(): Promise<WithResponse<undefined>> {
    const { resume } = this.#operation;
    const { signal } = this.#options;
    if (signal?.aborted) this.#stop.abort(signal.reason);
    const headers =
      resume === undefined || this.lastEventId === "" ? {} : { [resume]: this.lastEventId };
    const options = {
      ...this.#options,
      idempotencyKey: this.#idempotencyKey,
      headers: { ...this.#options.headers, ...headers },
      signal: this.#stop.signal,
    };
    return open(this.#core, this.#operation, this.#args, options, () => Promise.resolve(undefined));
  }

  #parse(item: StreamItem, info: ResponseInfo): unknown {
    try {
      return this.#operation.parse(item.data);
    } catch (error) {
      throw new DecodeError(info, item.data, error);
    }
  }
}

/** Calls an operation that answers with a stream. */
export function stream<T>(
  core: Core,
  operation: StreamOperation,
  args: Arguments = {},
  options: StreamOptions = {},
): Stream<T> {
  return new Stream(core, operation, args, options);
}

/** The items of a body, as many at a time as one piece of it completes. */
async function* frames(
  body: ReadableStream<Uint8Array> | null,
  framing: Framing,
): AsyncGenerator<Iterable<StreamItem>, void, undefined> {
  if (body === null) return;
  const reader = body.getReader();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      yield framing.push(decoder.decode(next.value, { stream: true }));
    }
    yield framing.push(decoder.decode());
    yield framing.end();
  } finally {
    // A body that broke off already can not be cancelled any more.
    await reader.cancel().catch(() => undefined);
  }
}

function isTerminal(terminal: StreamOperation["terminal"], value: unknown): boolean {
  if (terminal === undefined || typeof value !== "object" || value === null) return false;
  const tag = (value as { readonly [name: string]: unknown })[terminal.property];
  return typeof tag === "string" && terminal.values.includes(tag);
}
