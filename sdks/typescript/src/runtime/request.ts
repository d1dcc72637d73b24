import type { CredentialTarget } from "./auth.js";
import type { Config } from "./core.js";
import { isPresent } from "./encode.js";
import type { HeaderStyle } from "./header-styles.js";
import type { Arguments, EncodedBody, Operation } from "./operation.js";
import type { HeaderOptions, RequestOptions } from "./options.js";
import { expandPath } from "./path.js";
import { form, type Named, queryPieces } from "./query.js";

/** One call, ready to be tried as often as need be. */
export interface PreparedRequest {
  readonly method: string;
  readonly idempotencyKey: string | undefined;
  /** False for a body that can be read only once. */
  readonly replayable: boolean;
  /** The URL and `fetch` options of one try: credentials are asked for anew each time. */
  init(signal: AbortSignal): Promise<{ readonly url: string; readonly init: RequestInit }>;
}

/** Writes one call: everything but the credentials, which each try asks for. */
export function prepare(
  config: Config,
  operation: Omit<Operation<unknown>, "read">,
  args: Arguments,
  options: RequestOptions,
): PreparedRequest {
  const params = (args.params ?? {}) as { readonly [property: string]: unknown };
  const { server } = operation;
  const base =
    server === undefined || config.isOwnURL
      ? config.baseURL
      : new URL(server, `${config.baseURL}/`).href.replace(/\/+$/, "");
  const url = base + expandPath(operation.path, args.path ?? [], operation.pathStyles);
  const query = [
    ...queryPieces(operation.query ?? {}, params),
    ...Object.entries(options.query ?? {}).flatMap(([name, value]) =>
      isPresent(value) ? form(name, value) : [],
    ),
  ];
  const cookies = headerValues(operation.cookies ?? {}, params).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  const body = encodeBody(operation, args, params, options);
  const idempotencyKey =
    operation.idempotencyKey === undefined
      ? undefined
      : (options.idempotencyKey ?? config.generateIdempotencyKey());

  const headers = new Headers();
  if (operation.accept !== undefined) headers.set("Accept", operation.accept);
  if (body?.contentType !== undefined) headers.set("Content-Type", body.contentType);
  for (const defaults of config.headers) merge(headers, defaults);
  for (const [name, value] of headerValues(operation.headers ?? {}, params))
    headers.set(name, value);
  merge(headers, options.headers ?? {});
  if (operation.idempotencyKey !== undefined && idempotencyKey !== undefined) {
    headers.set(operation.idempotencyKey, idempotencyKey);
  }

  return {
    method: operation.method,
    idempotencyKey,
    replayable: body?.replayable ?? true,
    async init(signal) {
      const target: CredentialTarget = {
        headers: new Headers(headers),
        query: [...query],
        cookies: [...cookies],
      };
      const exposed = await config.credentials.apply(operation.security ?? config.security, target);
      if (target.cookies.length > 0) target.headers.set("Cookie", target.cookies.join("; "));
      const search = target.query.length === 0 ? "" : `?${target.query.join("&")}`;
      const init: RequestInit & { duplex?: "half" } = {
        method: operation.method,
        headers: target.headers,
        signal,
        redirect: exposed ? "error" : "follow",
      };
      if (body !== undefined) {
        init.body = body.content;
        if (body.content instanceof ReadableStream) init.duplex = "half";
      }
      return { url: url + search, init };
    },
  };
}

function encodeBody(
  operation: Omit<Operation<unknown>, "read">,
  args: Arguments,
  params: { readonly [property: string]: unknown },
  options: RequestOptions,
): EncodedBody | undefined {
  const { body: encoder, query = {}, headers = {}, cookies = {} } = operation;
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
    const value = params[property];
    if (!isPresent(value)) return [];
    return typeof entry === "function"
      ? [[property, entry(value)]]
      : [[entry.name, entry.style(value)]];
  });
}

function merge(headers: Headers, more: HeaderOptions): void {
  for (const [name, value] of Object.entries(more)) {
    if (value === null) headers.delete(name);
    else if (value !== undefined) headers.set(name, value);
  }
}
