/** What an answer says beside its body. */
export interface ResponseInfo {
  readonly status: number;
  readonly headers: Headers;
  /** The id under which the server keeps a record of this call. */
  readonly receipt: string | undefined;
  readonly rateLimit: RateLimit | undefined;
  /** The key that was sent with every try of this call. */
  readonly idempotencyKey: string | undefined;
  /** True when the server gave the kept answer of an earlier call with the same key. */
  readonly replayed: boolean;
  /** The answer itself. Its body is read already, unless the call hands it over as a stream. */
  readonly response: Response;
}

export interface RateLimit {
  /** Whole requests that are left now. */
  readonly remaining: number;
  /** When the whole allowance is back. */
  readonly resetAt: Date | undefined;
}

/** The data of a call together with its answer. */
export interface WithResponse<T> extends ResponseInfo {
  readonly data: T;
}

/** The names of the headers that carry the facts of {@link ResponseInfo}. */
export interface HeaderNames {
  readonly receipt?: string;
  readonly rateLimitRemaining?: string;
  readonly rateLimitReset?: string;
  readonly replayed?: string;
  /** The header of requests that carries their key, where the API has keys. */
  readonly idempotencyKey?: string;
}

/** Reads the facts of an answer from its headers. */
export function describe(
  response: Response,
  names: HeaderNames,
  idempotencyKey: string | undefined,
): ResponseInfo {
  const { status, headers } = response;
  const header = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : (headers.get(name) ?? undefined);
  const remaining = header(names.rateLimitRemaining);
  const reset = header(names.rateLimitReset);
  return {
    status,
    headers,
    receipt: header(names.receipt),
    rateLimit:
      remaining === undefined
        ? undefined
        : {
            remaining: Number(remaining),
            resetAt: reset === undefined ? undefined : new Date(Number(reset) * 1000),
          },
    idempotencyKey,
    replayed: header(names.replayed) === "true",
    response,
  };
}

/**
 * A call under way. Awaited it gives the data; `withResponse()` gives the data with status, headers,
 * receipt and the rest. The request is sent once, however often either is asked for.
 */
export class Result<T> implements Promise<T> {
  readonly [Symbol.toStringTag]: string = "Result";
  readonly #answer: Promise<WithResponse<T>>;

  constructor(answer: Promise<WithResponse<T>>) {
    this.#answer = answer;
  }

  withResponse(): Promise<WithResponse<T>> {
    return this.#answer;
  }

  // biome-ignore lint/suspicious/noThenProperty: a result is awaited like the promise that it is.
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const onAnswer = ({ data }: WithResponse<T>): A | T | PromiseLike<A | T> =>
      onFulfilled ? onFulfilled(data) : data;
    return this.#answer.then(onAnswer, onRejected) as Promise<A | B>;
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.then().finally(onFinally);
  }
}
