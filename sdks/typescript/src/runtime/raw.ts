import { rawBody } from "./body.js";
import type { Core } from "./core.js";
import { ConfigurationError } from "./errors.js";
import { losslessJSONBody, parseLossless } from "./lossless-json.js";
import type { BodyEncoder, Reader } from "./operation.js";
import type { RequestOptions } from "./options.js";
import { readBody } from "./read.js";
import { Result } from "./result.js";
import { send } from "./send.js";

/** A request that no operation of the document describes. */
export interface RawRequest extends Omit<RequestOptions, "body"> {
  /** `GET`, `POST` and so on. */
  readonly method: string;
  /** Below the base URL, beginning with a slash and percent-encoded: `/runs/run_1`. */
  readonly path: string;
  /**
   * JSON, or bytes (`Uint8Array`, `ArrayBuffer`, `Blob` or a `ReadableStream`) as they are, of the
   * media type that `headers` name.
   */
  readonly body?: unknown;
}

/**
 * Sends a request as the client's other calls are sent: with its credentials, its retries and its
 * deadline, with an idempotency key on POST and PATCH where the API has keys. JSON is decoded, other
 * text is given as it is, and an empty body as `undefined`.
 *
 * @typeParam T what the answer is expected to hold; nothing checks it
 */
export function request<T = unknown>(core: Core, raw: RawRequest): Result<T> {
  const { method, path, body, ...options } = raw;
  // A path that did not begin with a slash could change the host that the token is sent to.
  if (!/^\/[^?#]*$/.test(path)) {
    const message = "A path begins with a slash, and has no query and no fragment";
    return new Result(Promise.reject(new ConfigurationError(message)));
  }
  const verb = method.toUpperCase();
  const keyed = verb === "POST" || verb === "PATCH";
  const { idempotencyKey } = core.config.headerNames;
  const operation = {
    id: `${verb} ${path}`,
    method: verb,
    path: path.replaceAll("{", "%7B"),
    body: isBytes(body) ? octets : losslessJSONBody,
    accept: "application/json, */*;q=0.5",
    ...(keyed && idempotencyKey !== undefined && { idempotencyKey }),
    read: readAny as Reader<T>,
  };
  return send(core, operation, { body }, options);
}

function isBytes(body: unknown): boolean {
  const types = [ArrayBuffer, Blob, ReadableStream];
  return ArrayBuffer.isView(body) || types.some((type) => body instanceof type);
}

/** Bytes of no media type but the caller's. */
const octets: BodyEncoder = (value) => ({ ...rawBody("")(value), contentType: undefined });

const readAny: Reader<unknown> = (response) => {
  const type = response.headers.get("content-type");
  const isJSON = type === null || /[/+]json\b/i.test(type);
  return readBody(response, (source) => {
    if (source === "") return undefined;
    return isJSON ? parseLossless(source) : source;
  });
};
