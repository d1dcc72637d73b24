import { entries, isRecord, members, text } from "./encode.js";

/** Writes the value of one header or cookie parameter; it is checked where it is sent. */
export type HeaderStyle = (value: unknown) => string;

/** Style `simple` with `explode: false`, the default of a header: `3,4,5` and `x,1,y,2`. */
export const headerSimple: HeaderStyle = (value) => {
  if (Array.isArray(value)) return members(value).join(",");
  if (isRecord(value)) return entries(value).flat().join(",");
  return text(value);
};

/** Style `simple` with `explode: true`: `3,4,5` and `x=1,y=2`. */
export const headerExploded: HeaderStyle = (value) =>
  isRecord(value)
    ? entries(value)
        .map(([name, member]) => `${name}=${member}`)
        .join(",")
    : headerSimple(value);

/** A header with `content: application/json`: the whole value as one JSON text, in ASCII. */
export const headerJSON: HeaderStyle = (value) =>
  JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
