import type { Fetch } from "./options.js";

/** What a try is of. */
export interface TryContext {
  /** The operationId: `getRun`; the method and path of a request beyond the document. */
  readonly operation: string;
  /** Which try of its call this is, from 1. */
  readonly attempt: number;
}

/**
 * Stands around each try: sees the request as it is sent, credentials included, and calls `next`
 * with it or with another, or answers by itself. What it throws is thrown to the caller as it is,
 * and not tried again; what `next` throws is a connection that failed.
 */
export type Middleware = (
  request: Request,
  next: (request: Request) => Promise<Response>,
  context: TryContext,
) => Promise<Response>;

/** Sends one try. */
export type Transport = (url: string, init: RequestInit, context: TryContext) => Promise<Response>;

/** What a middleware threw by itself. */
export class MiddlewareFailure extends Error {}

/** `fetch` behind middleware: the first of the list is the outermost. */
export function throughMiddleware(middleware: readonly Middleware[], fetch: Fetch): Transport {
  return async (url, init, context) => {
    let broken: unknown;
    const original = new Request(url, init);
    const transport = async (request: Request): Promise<Response> => {
      try {
        return await fetch(request.url, await initOf(request, request === original, init));
      } catch (error) {
        broken = error;
        throw error;
      }
    };
    const chain = middleware.reduceRight<(request: Request) => Promise<Response>>(
      (next, layer) => async (request) => layer(request, next, context),
      transport,
    );
    try {
      return await chain(original);
    } catch (error) {
      if (error === broken) throw error;
      throw new MiddlewareFailure("A middleware failed", { cause: error });
    }
  };
}

/**
 * A request as `fetch` options. What was in memory stays so: the body of a `Request` is a stream,
 * which would be sent without its length.
 */
async function initOf(
  request: Request,
  isOriginal: boolean,
  { body }: RequestInit,
): Promise<RequestInit> {
  const { method, headers, signal, redirect } = request;
  const init: RequestInit & { duplex?: "half" } = { method, headers, signal, redirect };
  const inMemory = typeof body === "string" || body instanceof Uint8Array;
  if (isOriginal && body !== undefined && body !== null && !(body instanceof ReadableStream)) {
    init.body = body;
  } else if (request.body !== null) {
    init.body = inMemory ? await request.arrayBuffer() : request.body;
    init.duplex = "half";
  }
  return init;
}
