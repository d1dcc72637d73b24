import { ConfigurationError } from "./errors.js";

/** Where a wait is: what is kept to take it up again, perhaps in another process or language. */
export interface WaitPlace {
  /** The operationId of the call that started the work. */
  readonly operation: string;
  /** The path parameters of the call that reads the state. */
  readonly poll: readonly string[];
  /** Those of the stream, where there is one. */
  readonly stream?: readonly string[] | undefined;
  /** The stream goes on behind this event. */
  readonly lastEventId?: string | undefined;
  /** The key of the call that started the work. */
  readonly idempotencyKey?: string | undefined;
}

/**
 * A place as a token: base64url (RFC 4648, section 5) without padding of compact JSON, the same in
 * every language. It holds no credential and no URL.
 */
export function writeToken(place: WaitPlace): string {
  const json = JSON.stringify({
    v: 1,
    op: place.operation,
    poll: place.poll,
    stream: place.stream,
    last_event_id: place.lastEventId || undefined,
    key: place.idempotencyKey,
  });
  const bytes = new TextEncoder().encode(json);
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * Reads a token of one operation.
 *
 * @throws ConfigurationError for a token of another operation, version or form.
 */
export function readToken(token: string, operation: string): WaitPlace {
  const { v, op, poll, stream, last_event_id, key } = fieldsOf(token);
  if (v !== 1) throw new ConfigurationError("The wait token is of a version that is not known");
  if (op !== operation) {
    throw new ConfigurationError(`The wait token is not one of the operation ${operation}`);
  }
  if (!isPath(poll) || !(stream === undefined || isPath(stream))) throw malformed();
  if (!isOptionalText(last_event_id) || !isOptionalText(key)) throw malformed();
  return { operation, poll, stream, lastEventId: last_event_id, idempotencyKey: key };
}

function fieldsOf(token: string): { readonly [name: string]: unknown } {
  if (!/^[\w-]+$/.test(token)) throw malformed();
  try {
    const binary = atob(token.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const fields = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof fields === "object" && fields !== null) return fields;
  } catch {
    // What does not read as a token is said below, whatever keeps it from it.
  }
  throw malformed();
}

function malformed(): ConfigurationError {
  return new ConfigurationError("This is no wait token");
}

function isPath(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === "string");
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}
