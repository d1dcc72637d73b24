import type { Core } from "./core.js";
import { ConnectionError, DecodeError } from "./errors.js";
import type { Arguments, Operation } from "./operation.js";
import type { RequestOptions } from "./options.js";
import { at } from "./property.js";
import { type ResponseInfo, Result } from "./result.js";
import { send } from "./send.js";
import { Unbatched } from "./unbatched.js";

/** How an operation is paged, as the document describes it. Paths are property names from the top. */
export interface Pagination {
  /** The parameter that asks for a page: a cursor, a page number, an offset or a full URL. */
  readonly parameter: string;
  readonly by: "cursor" | "page" | "offset";
  /** Where the items are; an empty path means that the answer is the list. */
  readonly items: readonly string[];
  /** Where the cursor of the next page is. Only for `cursor`. */
  readonly next?: readonly string[];
}

/** An operation that answers one page of many. */
export interface PageOperation<Body> extends Operation<Body> {
  readonly pagination: Pagination;
}

/** One page: its items, the whole body it came in, and the way to the next. */
export class Page<Item, Body> implements Iterable<Item> {
  readonly items: readonly Item[];
  readonly body: Body;
  /** What came with the answer beside its body. */
  readonly info: ResponseInfo;
  readonly #next: (() => Result<Page<Item, Body>>) | undefined;

  constructor(
    items: readonly Item[],
    body: Body,
    info: ResponseInfo,
    next: (() => Result<Page<Item, Body>>) | undefined,
  ) {
    this.items = items;
    this.body = body;
    this.info = info;
    this.#next = next;
  }

  get hasNext(): boolean {
    return this.#next !== undefined;
  }

  /** Fetches the next page; `undefined` after the last. */
  next(): Result<Page<Item, Body>> | undefined {
    return this.#next?.();
  }

  [Symbol.iterator](): Iterator<Item> {
    return this.items[Symbol.iterator]();
  }
}

/**
 * A list that comes in pages. Iterated, it gives the items of all pages and fetches each page when
 * it is needed; `page()` fetches one. Nothing is sent before either is asked for, and each
 * iteration starts from the first page.
 */
export class Pages<Item, Body> implements AsyncIterable<Item> {
  readonly #fetch: () => Result<Page<Item, Body>>;

  constructor(fetch: () => Result<Page<Item, Body>>) {
    this.#fetch = fetch;
  }

  /** The first page, or the one that the parameters ask for. */
  page(): Result<Page<Item, Body>> {
    return this.#fetch();
  }

  /** Page after page. */
  async *pages(): AsyncGenerator<Page<Item, Body>, void, undefined> {
    let page: Page<Item, Body> | undefined = await this.#fetch();
    while (page !== undefined) {
      yield page;
      page = await page.next();
    }
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Item, void, undefined> {
    return new Unbatched(this.#batches(), (item) => item);
  }

  async *#batches(): AsyncGenerator<readonly Item[], void, undefined> {
    for await (const page of this.pages()) yield page.items;
  }
}

/** Calls an operation that is paged. */
export function list<Item, Body>(
  core: Core,
  operation: PageOperation<Body>,
  args: Arguments = {},
  options: RequestOptions = {},
): Pages<Item, Body> {
  return new Pages(() => fetchPage<Item, Body>(core, operation, args, options));
}

function fetchPage<Item, Body>(
  core: Core,
  operation: PageOperation<Body>,
  args: Arguments,
  options: RequestOptions,
): Result<Page<Item, Body>> {
  const answer = send(core, operation, args, options).withResponse();
  return new Result(
    answer.then((full) => {
      const items = at(full.data, operation.pagination.items) as readonly Item[];
      if (!Array.isArray(items)) {
        throw new DecodeError(full, JSON.stringify(full.data), "The page has no list of items");
      }
      const next = following(operation.pagination, args, full.data, items.length);
      const { data, ...info } = full;
      const page = new Page<Item, Body>(
        items,
        data,
        info,
        next && (() => turn<Item, Body>(core, operation, next, options)),
      );
      return { ...info, data: page };
    }),
  );
}

/** Fetches the page after one; `"same"` stands for a page that names itself as its successor. */
function turn<Item, Body>(
  core: Core,
  operation: PageOperation<Body>,
  next: Arguments | "same",
  options: RequestOptions,
): Result<Page<Item, Body>> {
  if (next !== "same") return fetchPage<Item, Body>(core, operation, next, options);
  const error = new ConnectionError("The server gave one page as its own successor");
  return new Result(Promise.reject(error));
}

/** The arguments of the page after this one; `undefined` when this is the last. */
function following(
  { by, parameter, next }: Pagination,
  args: Arguments,
  body: unknown,
  count: number,
): Arguments | "same" | undefined {
  const params = (args.params ?? {}) as { readonly [name: string]: unknown };
  const turnTo = (value: unknown): Arguments => ({
    ...args,
    params: { ...params, [parameter]: value },
  });
  if (by === "cursor") {
    const cursor = at(body, next ?? []);
    // The same cursor again would be the same page for ever.
    const last = cursor === undefined || cursor === null || cursor === "";
    if (last) return undefined;
    return cursor === params[parameter] ? "same" : turnTo(cursor);
  }
  if (count === 0) return undefined;
  const step = by === "page" ? 1 : count;
  return turnTo(Number(params[parameter] ?? (by === "page" ? 1 : 0)) + step);
}
