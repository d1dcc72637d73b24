import { type APIError, type ErrorClass, SDKError } from "./errors.js";
import { parseLossless, stringifyLossless } from "./lossless-json.js";
import type { Fetch } from "./options.js";

/** How an operation is recognised, and how what it answers with is written. */
export interface Route {
  readonly method: string;
  /** `/runs/{run_id}` */
  readonly path: string;
  readonly status: number;
  readonly kind: "json" | "pages" | "events" | "lines" | "plain" | "nothing";
  /** The media type of the answer. */
  readonly type?: string;
  /** Of pages: where the items and the next cursor are, and what asks for a page. */
  readonly pages?: {
    readonly parameter: string;
    readonly items: readonly string[];
    readonly next: readonly string[];
  };
}

/** A request that a fake was sent: one try of a call. */
export interface FakeCall<Id extends string> {
  readonly operation: Id;
  /** Path parameters by their names on the wire. */
  readonly path: { readonly [name: string]: string };
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** Decoded where it is JSON, otherwise as it was sent. */
  readonly body: unknown;
}

/** An error for a fake to answer with, made by {@link failure} or {@link breakdown}. */
export class FakeFailure {
  readonly type: ErrorClass["type"] | undefined;
  readonly fields: FailureFields;

  constructor(type: ErrorClass["type"] | undefined, fields: FailureFields) {
    this.type = type;
    this.fields = fields;
  }
}

export interface FailureFields {
  readonly message?: string;
  readonly details?: readonly unknown[];
  readonly receipt?: string;
  /** More headers: `{ "Retry-After": "1" }`. */
  readonly headers?: { readonly [name: string]: string };
}

/** A documented error, by its class: `failure(NotFoundError, { message: "no such run" })`. */
export function failure(
  type: new (...args: never[]) => APIError,
  fields: FailureFields = {},
): FakeFailure {
  return new FakeFailure(type as ErrorClass["type"], fields);
}

/** A connection that breaks before an answer comes. */
export function breakdown(): FakeFailure {
  return new FakeFailure(undefined, {});
}

/** An answer: a value, an error, a whole `Response`, or a function of the call that gives one. */
export type FakeAnswer<T, Id extends string> =
  | T
  | FakeFailure
  | Response
  | ((call: FakeCall<Id>) => T | FakeFailure | Response | Promise<T | FakeFailure | Response>);

/** The operations that have one kind of answer or another, by their ids. */
type IdOf<Answers> = keyof Answers & string;

/**
 * Stands in for the transport of a client: everything above it is real, so that values are encoded
 * and decoded, calls retried and pages turned as they are with a server.
 *
 * @typeParam Answers what each operation answers with; items where there are pages, values where
 *   there is a stream
 */
export class Fake<Answers> {
  /** What was sent, in order. */
  readonly calls: FakeCall<IdOf<Answers>>[] = [];
  /** How many items a page holds where the call does not say. */
  readonly pageSize: number;
  /** Takes the place of the client's `fetch`. */
  readonly fetch: Fetch = (url, init) => this.#handle(new Request(url, init), init);
  readonly #routes: readonly FakeRoute<IdOf<Answers>>[];
  readonly #errors: readonly ErrorClass[];
  readonly #answers = new Map<string, FakeAnswer<unknown, IdOf<Answers>>[]>();

  constructor(
    routes: { readonly [Id in IdOf<Answers>]: Route },
    errors: readonly ErrorClass[],
    options: { readonly pageSize?: number } = {},
  ) {
    this.#routes = Object.entries<Route>(routes)
      .map(([id, route]) => new FakeRoute(id as IdOf<Answers>, route))
      .sort((a, b) => a.rank - b.rank);
    this.#errors = errors;
    this.pageSize = options.pageSize ?? 50;
  }

  /**
   * Says what an operation answers with: one answer a try, in this order, and the last again and
   * again. Another time it is called, it starts anew.
   */
  answer<Id extends IdOf<Answers>>(
    operation: Id,
    ...answers: readonly [FakeAnswer<Answers[Id], Id>, ...FakeAnswer<Answers[Id], Id>[]]
  ): this {
    this.#answers.set(operation, [...answers] as FakeAnswer<unknown, IdOf<Answers>>[]);
    return this;
  }

  /** The calls of one operation. */
  callsOf<Id extends IdOf<Answers>>(operation: Id): readonly FakeCall<Id>[] {
    const isOne = (call: FakeCall<string>): call is FakeCall<Id> => call.operation === operation;
    return this.calls.filter(isOne);
  }

  async #handle(request: Request, { body: sent }: RequestInit): Promise<Response> {
    const { pathname, searchParams: query } = new URL(request.url);
    const fitting = this.#routes.filter((route) => route.fits(request.method, pathname));
    // An operation may have former names beside its own; a test may know it by any of them.
    const names = fitting.filter((route) => route.path === fitting[0]?.path);
    const found = names.find((route) => this.#answers.has(route.id)) ?? names[0];
    if (found === undefined) {
      throw new SDKError(`The fake knows no operation for ${request.method} ${pathname}`);
    }
    const { headers } = request;
    const isJSON = /[/+]json\b/.test(headers.get("content-type") ?? "");
    const body = isJSON ? parseLossless(await request.text()) : (sent ?? undefined);
    const path = found.parameters(pathname);
    const call = { operation: found.id, path, query, headers, body };
    this.calls.push(call);
    const script = this.#answers.get(found.id);
    const next = (script?.length ?? 0) > 1 ? script?.shift() : script?.[0];
    if (script === undefined) {
      throw new SDKError(`The fake was not told what ${found.id} answers with`);
    }
    const value = typeof next === "function" ? await next(call) : next;
    if (value instanceof Response) return value.clone();
    if (value instanceof FakeFailure) return this.#fail(value);
    return found.write(value, call, this.pageSize);
  }

  #fail({ type, fields }: FakeFailure): Response {
    if (type === undefined) throw new TypeError("The fake broke the connection");
    const entry = this.#errors.find((known) => known.type === type);
    const status = entry?.status ?? 500;
    const { headers = {}, ...more } = fields;
    const body = { code: status, name: entry?.name, message: `The fake's ${entry?.name}`, ...more };
    return Response.json(body, { status, headers });
  }
}

/** A route with what it takes to recognise its requests. */
class FakeRoute<Id extends string> {
  readonly id: Id;
  readonly #route: Route;
  readonly #pattern: RegExp;
  readonly #names: readonly string[];

  constructor(id: Id, route: Route) {
    this.id = id;
    this.#route = route;
    this.#names = Array.from(route.path.matchAll(/\{([^{}]+)\}/g), ([, name]) => name ?? "");
    const pieces = route.path.split(/\{[^{}]+\}/).map((text) => text.replace(/[^\w/]/g, "\\$&"));
    // Whatever the base URL holds stands before it.
    this.#pattern = new RegExp(`${pieces.join("([^/]+)")}$`);
  }

  /** Longer paths are tried first, and those with fewer parameters: `/agents/custom` is no agent. */
  get rank(): number {
    return this.#names.length - 100 * this.#route.path.split("/").length;
  }

  get path(): string {
    return this.#route.path;
  }

  fits(method: string, pathname: string): boolean {
    return method === this.#route.method && this.#pattern.test(pathname);
  }

  parameters(pathname: string): { readonly [name: string]: string } {
    const values = this.#pattern.exec(pathname)?.slice(1) ?? [];
    const entries = this.#names.map((name, index) => [
      name,
      decodeURIComponent(values[index] ?? ""),
    ]);
    return Object.fromEntries(entries);
  }

  /** A value as the operation's server would send it. */
  write(value: unknown, { query, headers }: FakeCall<Id>, pageSize: number): Response {
    const { status, kind, type = "application/json" } = this.#route;
    const answer = (body: BodyInit | null): Response =>
      new Response(body, { status, headers: body === null ? {} : { "Content-Type": type } });
    if (kind === "nothing") return answer(null);
    if (kind === "plain") return answer(value as BodyInit);
    if (kind === "lines") {
      return answer((value as unknown[]).map((item) => `${stringifyLossless(item)}\n`).join(""));
    }
    if (kind === "events") {
      // Numbers are ids enough: a call that resumes gets what stands behind its last one.
      const after = Number(headers.get("last-event-id") ?? 0);
      const events = (value as unknown[]).slice(after);
      const texts = events.map(
        (event, index) => `id: ${after + index + 1}\ndata: ${stringifyLossless(event)}\n\n`,
      );
      return answer(texts.join(""));
    }
    const { pages } = this.#route;
    if (pages === undefined || pages.items.length === 0 || !Array.isArray(value)) {
      return answer(stringifyLossless(value));
    }
    const start = Number(query.get(pages.parameter) ?? 0);
    const end = start + Number(query.get("limit") ?? pageSize);
    const body = {};
    put(body, pages.items, value.slice(start, end));
    put(body, pages.next, end < value.length ? String(end) : null);
    return answer(stringifyLossless(body));
  }
}

/** Sets the member at a path of names, and makes what leads there. */
function put(target: object, path: readonly string[], value: unknown): void {
  let at = target as { [name: string]: unknown };
  for (const name of path.slice(0, -1)) {
    at[name] ??= {};
    at = at[name] as { [name: string]: unknown };
  }
  const last = path.at(-1);
  if (last !== undefined) at[last] = value;
}
