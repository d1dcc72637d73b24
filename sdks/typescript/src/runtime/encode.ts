/**
 * Percent-encodes one value so that it can never end the place it is written into.
 *
 * Everything but the unreserved characters of RFC 3986, section 2.3 is encoded, as the simple
 * expansion of RFC 6570 asks for. `encodeURIComponent` alone leaves `!'()*` as they are.
 *
 * @throws URIError when the value holds a lone surrogate, which no URL can carry.
 */
export function encode(value: string): string {
  // Most values are ids, which need no encoding: one look at them is cheaper than two passes.
  if (/^[\w.~-]*$/.test(value)) return value;
  return encodeURIComponent(value).replace(/[!'()*]/g, percent);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** What a path, query, header or cookie parameter can hold. */
export type ParameterValue =
  | Primitive
  | readonly (Primitive | null | undefined)[]
  | { readonly [name: string]: unknown };

export type Primitive = string | number | bigint | boolean;

/** One value as text, before any encoding: a number in its shortest form, a date as RFC 3339. */
export function text(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return String(value);
}

/** The members of an array or the entries of an object that hold a value; `null` counts as none. */
export function members(value: readonly unknown[]): string[] {
  return value.filter(isPresent).map(text);
}

/** The entries of a plain object that hold a value, in the object's own order. */
export function entries(value: object): [string, string][] {
  return Object.entries(value)
    .filter((entry) => isPresent(entry[1]))
    .map(([name, member]) => [name, text(member)]);
}

export function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** True for an object that is written name by name: not an array, and not a date. */
export function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}
