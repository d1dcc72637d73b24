import type { SecurityRequirement } from "./auth.js";
import type { HeaderStyle } from "./header-styles.js";
import type { PathStyle } from "./path.js";
import type { Named, QueryStyle } from "./query.js";

/**
 * The facts of one operation, as plain data. Code that only some operations need (a parameter
 * style, a body encoder, a response reader) is named here by reference, so that a bundle which
 * calls one operation holds only the code of that one.
 *
 * @typeParam T what a successful answer is read into
 */
export interface Operation<T> {
  /** The operationId, for logs and middleware: `getRun`. */
  readonly id: string;
  readonly method: string;
  /** The path below the base URL, as the document writes it: `/runs/{run_id}`. */
  readonly path: string;
  /**
   * A server of this operation's own, absolute or relative to the client's, with a slash at its
   * end. A base URL that the caller gave wins over it.
   */
  readonly server?: string;
  /** The styles of path parameters other than `simple`, by name. */
  readonly pathStyles?: { readonly [name: string]: PathStyle };
  /** Which properties of the parameters go into the query. */
  readonly query?: { readonly [property: string]: QueryStyle | Named<QueryStyle> };
  /** Which properties of the parameters go into headers. */
  readonly headers?: { readonly [property: string]: HeaderStyle | Named<HeaderStyle> };
  /** Which properties of the parameters go into the `Cookie` header. */
  readonly cookies?: { readonly [property: string]: QueryStyle | Named<QueryStyle> };
  /** Writes the body; absent for an operation that takes none. */
  readonly body?: BodyEncoder;
  /** True when a body must be sent, be it empty. */
  readonly bodyRequired?: boolean;
  /** What the `Accept` header says; absent where no content is expected. */
  readonly accept?: string;
  /** The header that carries the idempotency key, for an operation that takes one. */
  readonly idempotencyKey?: string;
  /** Overrides the client's own security: alternatives in order of preference. */
  readonly security?: readonly SecurityRequirement[];
  /** Reads a successful answer. */
  readonly read: Reader<T>;
}

/** What one call hands to its operation. */
export interface Arguments {
  /** The values of the path parameters, in the order of the path. */
  readonly path?: readonly unknown[];
  /**
   * Query, header and cookie parameters and, where the body is a record, the body's own properties
   * beside them: what no parameter claims is the body.
   */
  readonly params?: object | undefined;
  /** A body that is not a record: bytes, text, a list, a union. */
  readonly body?: unknown;
}

/** A body ready to be sent. */
export interface EncodedBody {
  readonly content: BodyInit;
  /** The media type; absent when the caller's own `Content-Type` header is to say it. */
  readonly contentType: string | undefined;
  /** False for a stream, which can be read, and so sent, only once. */
  readonly replayable: boolean;
}

export type BodyEncoder = (value: unknown) => EncodedBody;

/** Reads the body of a successful answer to its end, or takes it over. */
export type Reader<T> = (response: Response) => Promise<T>;
