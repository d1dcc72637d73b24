import type { Core } from "./core.js";
import { AbortError, ConnectionError, DecodeError, SDKError } from "./errors.js";
import { onAbort } from "./on-abort.js";
import type { Arguments, Operation } from "./operation.js";
import type { RequestOptions } from "./options.js";
import type { ResponseInfo, WithResponse } from "./result.js";
import { retryDelay } from "./retry.js";
import { open } from "./send.js";
import { sleep } from "./sleep.js";
import { Unbatched } from "./unbatched.js";

/** The text of one value, and the id to resume after where there is one. */
export interface StreamItem {
  readonly data: string;
  readonly id?: string;
}

/** Cuts a stream of text into the texts of its values. */
export interface Framing {
  push(text: string): readonly StreamItem[];
  /** The stream is over: gives what is complete without another line break. */
  end(): readonly StreamItem[];
  /** What ends the stream behind the values that were given: one that is too large. */
  readonly failure?: SDKError | undefined;
  /** The id to resume after, where one came without a value too. */
  readonly lastEventId?: string | undefined;
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
  #info: ResponseInfo | undefined;
  /** A terminal value was handed out. */
  #over = false;
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

  /** What came with the answer of the connection that is open, or was the last. */
  get info(): ResponseInfo | undefined {
    return this.#info;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T, void, undefined> {
    if (this.#reading) throw new SDKError("This stream is read already");
    this.#reading = true;
    const values: Unbatched<StreamItem, T> = new Unbatched(this.#bounded(), (item) => {
      const value = this.#take(item);
      // What stands behind the end is not read.
      if (this.#over) values.drop();
      return value;
    });
    this.#stop.signal.addEventListener("abort", () => values.drop(), { once: true });
    return values;
  }

  /** Batch after batch, until the stream is over or is stopped. */
  async *#bounded(): AsyncGenerator<readonly StreamItem[], void, undefined> {
    const { signal } = this.#options;
    const unheed = signal && onAbort(signal, () => this.#stop.abort(signal.reason));
    try {
      yield* this.#read();
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
      // `close` is an end like any other; the caller's signal is an error, as everywhere.
      if (signal?.aborted) throw new AbortError("The stream was stopped", { cause: signal.reason });
    } finally {
      unheed?.();
      this.#stop.abort();
    }
  }

  /** What each piece of a body completes, over as many connections as it takes. */
  async *#read(): AsyncGenerator<readonly StreamItem[], void, undefined> {
    const { terminal } = this.#operation;
    const maxRetries = this.#options.maxRetries ?? this.#core.config.maxRetries;
    for (let breaks = 1; ; breaks++) {
      const answer = await (this.#first ?? this.#connect());
      this.#first = undefined;
      this.#idempotencyKey = answer.idempotencyKey;
      // The HTML standard, section 9.2.3: it tells a client to stop.
      if (answer.status === 204) return;
      if (breaks > 1) this.#checkResumed(answer);
      const framing = this.#operation.framing();
      let cause: unknown;
      try {
        for await (const items of frames(answer.response.body, framing)) {
          // Some servers keep a connection alive with events of no data.
          const values = items.filter(({ data }) => /\S/.test(data));
          if (values.length > 0) {
            breaks = 1;
            yield values;
            if (this.#over) return;
            this.#stop.signal.throwIfAborted();
          }
          this.lastEventId = framing.lastEventId || this.lastEventId;
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

  /** Reads one value and notes how far the stream is. */
  #take({ data, id }: StreamItem): T {
    const value = this.#parse(data);
    if (id !== undefined) this.lastEventId = id;
    this.#over = isTerminal(this.#operation.terminal, value);
    return value as T;
  }

  /** A page of a proxy in place of the rest of a stream would be read as nothing at all. */
  #checkResumed(answer: WithResponse<undefined>): void {
    const type = answer.headers.get("content-type");
    const { accept = "" } = this.#operation;
    if (type === null || type.toLowerCase().startsWith(accept.toLowerCase())) return;
    const { data, ...info } = answer;
    throw new DecodeError(info, "", new TypeError(`A stream goes on as ${type}`));
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
    const unread = (): Promise<undefined> => Promise.resolve(undefined);
    return open(this.#core, this.#operation, this.#args, options, unread).then((answer) => {
      const { data, ...info } = answer;
      this.#info = info;
      return answer;
    });
  }

  #parse(data: string): unknown {
    try {
      return this.#operation.parse(data);
    } catch (error) {
      throw this.#info === undefined ? error : new DecodeError(this.#info, data, error);
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
): AsyncGenerator<readonly StreamItem[], void, undefined> {
  if (body === null) return;
  const reader = body.getReader();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      yield framing.push(decoder.decode(next.value, { stream: true }));
      if (framing.failure !== undefined) throw framing.failure;
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
