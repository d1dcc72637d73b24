import { encode, entries, isPresent, isRecord, members, text } from "./encode.js";
import { own } from "./property.js";

/**
 * Writes one query parameter: its name and value in, `name=value` pieces that are already
 * percent-encoded out. No piece means that the parameter is left out.
 */
export type QueryStyle = (name: string, value: unknown) => string[];

/** Style `form` with `explode: true`, the default of a query: `id=3&id=4` and `x=1&y=2`. */
export const form: QueryStyle = (name, value) => {
  if (Array.isArray(value)) return members(value).map((member) => pair(name, member));
  if (isRecord(value)) return entries(value).map(([key, member]) => pair(key, member));
  return [pair(name, text(value))];
};

/** One `name=value` piece. */
export function pair(name: string, value: string): string {
  return `${encode(name)}=${encode(value)}`;
}

/** A style, and the name on the wire where a property of the parameters is called otherwise. */
export interface Named<Style> {
  readonly name: string;
  readonly style: Style;
}

/**
 * The query pieces of those `values` that `styles` names. A value that is absent or `null` gives
 * none: a query has no way to say null.
 */
export function queryPieces(
  styles: { readonly [property: string]: QueryStyle | Named<QueryStyle> },
  values: { readonly [property: string]: unknown },
): string[] {
  return Object.entries(styles).flatMap(([property, entry]) => {
    const value = own(values, property);
    if (!isPresent(value)) return [];
    return typeof entry === "function" ? entry(property, value) : entry.style(entry.name, value);
  });
}
