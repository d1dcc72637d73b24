import type { RateLimit, ResponseInfo } from "./result.js";

/** What every error of this package is. No error holds a token or a request's headers. */
export class SDKError extends Error {
  override readonly name: string = "SDKError";
  /** The key of the call, so that it can be taken up again with the same one. */
  readonly idempotencyKey: string | undefined;
  /** Where a wait was when it failed, to be taken up again by the method that waits from a token. */
  readonly waitToken: string | undefined;

  constructor(message: string, options: SDKErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : {});
    this.idempotencyKey = options.idempotencyKey;
    this.waitToken = options.waitToken;
  }
}

interface SDKErrorOptions extends ErrorOptions {
  readonly idempotencyKey?: string | undefined;
  readonly waitToken?: string | undefined;
}

/** The client was given something that it can not work with. Nothing was sent. */
export class ConfigurationError extends SDKError {
  override readonly name: string = "ConfigurationError";
}

/** No answer came: the connection failed or broke. */
export class ConnectionError extends SDKError {
  override readonly name: string = "ConnectionError";
}

/** No answer came within the call's `timeout`, or the try's `attemptTimeout`. */
export class TimeoutError extends ConnectionError {
  override readonly name: string = "TimeoutError";
  /** Seconds that the client would have had to wait for the rate limit, where that was too long. */
  readonly retryAfter: number | undefined;

  constructor(
    message: string,
    options: SDKErrorOptions & { retryAfter?: number | undefined } = {},
  ) {
    super(message, options);
    this.retryAfter = options.retryAfter;
  }
}

/** The caller's own signal stopped the call; its reason is the `cause`. */
export class AbortError extends SDKError {
  override readonly name: string = "AbortError";
}

/** An error that came with an answer. */
class ResponseError extends SDKError {
  readonly status: number;
  readonly headers: Headers;
  readonly receipt: string | undefined;
  readonly rateLimit: RateLimit | undefined;
  readonly #response: Response;

  constructor(message: string, info: ResponseInfo, options: ErrorOptions = {}) {
    super(message, { ...options, idempotencyKey: info.idempotencyKey });
    this.status = info.status;
    this.headers = info.headers;
    this.receipt = info.receipt;
    this.rateLimit = info.rateLimit;
    this.#response = info.response;
  }

  /** The answer itself; its body is read already. */
  get response(): Response {
    return this.#response;
  }
}

/** The answer says success, but its body is not what the operation promises. */
export class DecodeError extends ResponseError {
  override readonly name: string = "DecodeError";
  /** The body as it came. */
  readonly body: string;

  constructor(info: ResponseInfo, body: string, cause: unknown) {
    super(`The body of a ${info.status} answer could not be decoded`, info, { cause });
    this.body = body;
  }
}

/** The server answered with an error. Each error that the API documents has a class of its own. */
export class APIError extends ResponseError {
  override readonly name: string = "APIError";
  /** The body: parsed where it is JSON, otherwise text, `undefined` where there is none. */
  readonly body: unknown;
  /** `code` of the body; in most APIs the status again. */
  readonly code: number | string | undefined;
  /** `name` of the body, the error's name on the wire: `not_found`. */
  readonly errorName: string | undefined;
  /** `details` of the body: what was wrong where. */
  readonly details: readonly unknown[] | undefined;
  /** Seconds that the server asks to wait before another try. */
  readonly retryAfter: number | undefined;

  constructor(info: ResponseInfo, body: unknown, retryAfter?: number) {
    const { code, name, details, receipt } = fieldsOf(body);
    const named = typeof receipt === "string" ? receipt : undefined;
    super(messageOf(body) ?? `The server answered ${info.status}`, {
      ...info,
      receipt: info.receipt ?? named,
    });
    this.body = body;
    this.code = typeof code === "number" || typeof code === "string" ? code : undefined;
    this.errorName = typeof name === "string" ? name : undefined;
    this.details = Array.isArray(details) ? details : undefined;
    this.retryAfter = retryAfter;
  }
}

/** The class of one documented error. */
export interface ErrorClass {
  /** The status it comes with; absent for a range of them. */
  readonly status?: number;
  /** The error's `name` on the wire, which decides before the status does. */
  readonly name?: string;
  readonly type: new (info: ResponseInfo, body: unknown, retryAfter?: number) => APIError;
}

/** Makes the error of the class that fits best: by name, by status, or `APIError` itself. */
export function errorFor(
  classes: readonly ErrorClass[],
  info: ResponseInfo,
  body: unknown,
  retryAfter: number | undefined,
): APIError {
  const { name } = fieldsOf(body);
  const found =
    classes.find((entry) => entry.name !== undefined && entry.name === name) ??
    classes.find((entry) => entry.status === info.status);
  return new (found?.type ?? APIError)(info, body, retryAfter);
}

function fieldsOf(body: unknown): ErrorFields {
  return typeof body === "object" && body !== null ? body : {};
}

interface ErrorFields {
  readonly code?: unknown;
  readonly name?: unknown;
  readonly message?: unknown;
  readonly details?: unknown;
  readonly receipt?: unknown;
  /** Where many other APIs keep their message. */
  readonly error?: unknown;
  /** RFC 9457. */
  readonly detail?: unknown;
  readonly title?: unknown;
}

function messageOf(body: unknown): string | undefined {
  const { message, error, detail, title } = fieldsOf(body);
  return [message, fieldsOf(error).message, error, detail, title].find(
    (candidate): candidate is string => typeof candidate === "string" && candidate !== "",
  );
}
