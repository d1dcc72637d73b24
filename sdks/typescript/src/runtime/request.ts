import type { CredentialTarget } from "./auth.js";
import type { Config } from "./core.js";
import { isPresent } from "./encode.js";
import type { HeaderStyle } from "./header-styles.js";
import type { Arguments, EncodedBody, Operation } from "./operation.js";
import type { HeaderOptions, RequestOptions } from "./options.js";
import { expandPath } from "./path.js";
import { own } from "./property.js";
import { form, type Named, queryPieces } from "./query.js";

/** Header values by name in lower case. `fetch` takes them as fast as nothing else. */
export type HeaderValues = { [name: string]: string };

/** What `fetch` is called with for one try. */
export interface TryRequest {
  readonly url: string;
  readonly init: RequestInit & { readonly headers: HeaderValues };
}

/** One call, ready to be tried as often as need be. */
export interface PreparedRequest {
  readonly method: string;
  /** Without the query. */
  readonly url: string;
  readonly idempotencyKey: string | undefined;
  /** False for a body that can be read only once. */
  readonly replayable: boolean;
  /** One try: credentials are asked for anew each time, and a token may take its time. */
  build(signal: AbortSignal): TryRequest | Promise<TryRequest>;
}

const none: { readonly [name: string]: never } = {};

/** Writes one call: everything but the credentials, which each try asks for. */
export function prepare(
  config: Config,
  operation: Omit<Operation<unknown>, "read">,
  args: Arguments,
  options: RequestOptions,
): PreparedRequest {
  const params = (args.params ?? none) as { readonly [property: string]: unknown };
  const { method, server } = operation;
  const base =
    server === undefined || config.isOwnURL
      ? config.baseURL
      : new URL(server, `${config.baseURL}/`).href.replace(/\/+$/, "");
  const url = base + expandPath(operation.path, args.path ?? [], operation.pathStyles);
  const query = operation.query === undefined ? [] : queryPieces(operation.query, params);
  if (options.query !== undefined) {
    for (const [name, value] of Object.entries(options.query)) {
      if (isPresent(value)) query.push(...form(name, value));
    }
  }
  const cookies = queryPieces(operation.cookies ?? none, params);
  const body = encodeBody(operation, args, params, options);
  const idempotencyKey =
    operation.idempotencyKey === undefined
      ? undefined
      : (options.idempotencyKey ?? config.generateIdempotencyKey());

  const headers: HeaderValues = Object.create(null);
  if (operation.accept !== undefined) headers["accept"] = operation.accept;
  if (body?.contentType !== undefined) headers["content-type"] = body.contentType;
  for (const defaults of config.headers) merge(headers, defaults);
  if (operation.headers !== undefined) {
    for (const [name, value] of headerValues(operation.headers, params)) {
      setHeader(headers, name, value);
    }
  }
  if (options.headers !== undefined) merge(headers, options.headers);
  if (operation.idempotencyKey !== undefined && idempotencyKey !== undefined) {
    setHeader(headers, operation.idempotencyKey, idempotencyKey);
  }

  const finish = (target: CredentialTarget, exposed: boolean, signal: AbortSignal): TryRequest => {
    if (target.cookies.length > 0) target.headers["cookie"] = target.cookies.join("; ");
    const init: TryRequest["init"] & { duplex?: "half" } = {
      method,
      headers: target.headers,
      signal,
      redirect: exposed ? "error" : "follow",
    };
    if (body !== undefined) {
      init.body = body.content;
      if (body.content instanceof ReadableStream) init.duplex = "half";
    }
    return { url: target.query.length === 0 ? url : `${url}?${target.query.join("&")}`, init };
  };
  return {
    method,
    url,
    idempotencyKey,
    replayable: body?.replayable ?? true,
    build(signal) {
      const target = { headers: { ...headers }, query: [...query], cookies: [...cookies] };
      const exposed = config.credentials.apply(operation.security ?? config.security, target);
      return typeof exposed === "boolean"
        ? finish(target, exposed, signal)
        : exposed.then((late) => finish(target, late, signal));
    },
  };
}

function encodeBody(
  operation: Omit<Operation<unknown>, "read">,
  args: Arguments,
  params: { readonly [property: string]: unknown },
  options: RequestOptions,
): EncodedBody | undefined {
  const { body: encoder, query = none, headers = none, cookies = none } = operation;
  if (encoder === undefined) return undefined;
  if ("body" in args) return args.body === undefined ? undefined : encoder(args.body);
  const claimed = { ...query, ...headers, ...cookies };
  const record = {
    ...Object.fromEntries(Object.entries(params).filter(([name]) => !Object.hasOwn(claimed, name))),
    ...options.body,
  };
  const empty = Object.values(record).every((value) => value === undefined);
  return empty && !operation.bodyRequired ? undefined : encoder(record);
}

function headerValues(
  styles: { readonly [property: string]: HeaderStyle | Named<HeaderStyle> },
  params: { readonly [property: string]: unknown },
): [string, string][] {
  return Object.entries(styles).flatMap(([property, entry]): [string, string][] => {
    const value = own(params, property);
    if (!isPresent(value)) return [];
    return typeof entry === "function"
      ? [[property, entry(value)]]
      : [[entry.name, entry.style(value)]];
  });
}

function merge(headers: HeaderValues, more: HeaderOptions): void {
  for (const name of Object.keys(more)) {
    const value = more[name];
    if (value === null) delete headers[name.toLowerCase()];
    else if (value !== undefined) setHeader(headers, name, value);
  }
}

/**
 * Sets a header by the rules of the Fetch standard ("header name", "header value").
 *
 * @throws TypeError for what no header can be; the value, which may be a secret, is not named.
 */
function setHeader(headers: HeaderValues, name: string, value: string): void {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
    throw new TypeError(`${JSON.stringify(name)} can not be the name of a header`);
  }
  if (/[\0\r\n\u0100-\uffff]/.test(value)) {
    throw new TypeError(`The header ${name} holds characters that no header can carry`);
  }
  headers[name.toLowerCase()] = value;
}
