/**
 * The query styles beside exploded `form`, apart from it so that a bundle holds only those which
 * its operations name. The rules are the style table of OpenAPI 3.1, section 4.8.12.3. The
 * delimiter itself is written percent-encoded where RFC 3986 does not allow it in a query.
 */

import { encode, entries, isPresent, isRecord, members, text } from "./encode.js";
import { form, pair, type QueryStyle } from "./query.js";

/** Style `form` with `explode: false`: `id=3,4,5` and `id=x,1,y,2`. */
export const formJoined: QueryStyle = (name, value) => joined(name, value, ",");

/** Style `spaceDelimited` with `explode: false`: `id=3%204%205`. */
export const spaceDelimited: QueryStyle = (name, value) => joined(name, value, "%20");

/** Style `pipeDelimited` with `explode: false`: `id=3%7C4%7C5`. */
export const pipeDelimited: QueryStyle = (name, value) => joined(name, value, "%7C");

/**
 * Style `deepObject`: `id[x]=1&id[y]=2`. Deeper levels and arrays, which OpenAPI leaves open, go on
 * in the same way: `id[a][b]=1`, `id[tags]=x&id[tags]=y`.
 */
export const deepObject: QueryStyle = (name, value) => {
  if (!isRecord(value)) return form(name, value);
  return Object.entries(value).flatMap(([key, member]) =>
    isPresent(member) ? deepObject(`${name}[${key}]`, member) : [],
  );
};

/** A parameter with `content: application/json`: the whole value as one JSON text. */
export const jsonQuery: QueryStyle = (name, value) => [pair(name, JSON.stringify(value))];

/**
 * Style `form` with `allowReserved: true`: the reserved characters of RFC 3986 go as they are, save
 * those that would end the value or the query.
 */
export const formReserved: QueryStyle = (name, value) =>
  form(name, value).map((piece) => {
    const at = piece.indexOf("=") + 1;
    return (
      piece.slice(0, at) +
      piece.slice(at).replace(/%(?:2[14789ACF]|3[ABDF]|40)/g, decodeURIComponent)
    );
  });

function joined(name: string, value: unknown, delimiter: string): string[] {
  const parts = Array.isArray(value)
    ? members(value)
    : isRecord(value)
      ? entries(value).flat()
      : [text(value)];
  if (parts.length === 0) return [];
  return [`${encode(name)}=${parts.map(encode).join(delimiter)}`];
}
