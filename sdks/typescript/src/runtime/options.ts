import type { Login, Token } from "./auth.js";
import type { Logger, Verbosity } from "./log.js";
import type { Middleware } from "./middleware.js";

/** What `fetch` is called as. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Header names and values; `undefined` leaves one out, `null` takes a default away. */
export interface HeaderOptions {
  readonly [name: string]: string | null | undefined;
}

/** What a client is made with. Everything can be left out. */
export interface ClientOptions {
  /** The token, or a function that gives one for each request. */
  readonly apiKey?: Token | undefined;
  /** Credentials by security scheme, for an API with several. */
  readonly credentials?: { readonly [scheme: string]: Token | Login } | undefined;
  /** Where the API is; wins over every other way to say it. */
  readonly baseURL?: string | undefined;
  /** One of the API's own servers, by name. */
  readonly environment?: string | undefined;
  /** Values of the server's variables. */
  readonly variables?: { readonly [name: string]: string | undefined } | undefined;
  /** Stands in for the global `fetch`: a proxy, a test, another transport. */
  readonly fetch?: Fetch | undefined;
  /** Milliseconds for a whole call, its tries and waits included; 60,000 by default. */
  readonly timeout?: number | undefined;
  /** Milliseconds for one try; only `timeout` bounds it by default. */
  readonly attemptTimeout?: number | undefined;
  /** How often a call is tried again; 2 by default. */
  readonly maxRetries?: number | undefined;
  /** Headers of every request. */
  readonly headers?: HeaderOptions | undefined;
  /**
   * Slows the client down before the server's rate limit is reached, all its concurrent calls
   * together; off by default.
   */
  readonly governor?: boolean | undefined;
  /** What stands around each try; the first of the list is the outermost. */
  readonly middleware?: readonly Middleware[] | undefined;
  /** Where the client writes what it does: `console` by default. Credentials are never written. */
  readonly logger?: Logger | undefined;
  /**
   * `info` for retries and waits, `debug` for each try with its headers; by default what the
   * environment says, then `warn` where there is a logger, and `off` where there is none.
   */
  readonly logLevel?: Verbosity | undefined;
  /** Makes idempotency keys; UUIDs (version 4) by default. */
  readonly generateIdempotencyKey?: (() => string) | undefined;
}

/** What one call can have otherwise than its client. */
export interface RequestOptions {
  /**
   * Milliseconds for the whole call, its tries and waits included. Of a stream or a download it
   * bounds the time until the answer begins.
   */
  readonly timeout?: number | undefined;
  /** Milliseconds for one try. */
  readonly attemptTimeout?: number | undefined;
  /** How often the call is tried again. */
  readonly maxRetries?: number | undefined;
  /** Stops the call, its waits and the reading of its answer. */
  readonly signal?: AbortSignal | undefined;
  /** The key that makes a repeated write safe; a UUID by default. The same on every try. */
  readonly idempotencyKey?: string | undefined;
  /** More headers. */
  readonly headers?: HeaderOptions | undefined;
  /** More query parameters. */
  readonly query?: { readonly [name: string]: unknown } | undefined;
  /** More properties for a body that is a record. */
  readonly body?: { readonly [name: string]: unknown } | undefined;
}
