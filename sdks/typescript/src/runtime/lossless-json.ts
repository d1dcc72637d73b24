/**
 * JSON for operations that carry 64-bit integers. `JSON.parse` rounds what a double can not hold;
 * here an integer outside ±(2^53 - 1) is read as a `bigint`, every other number as a `number`, and
 * a `bigint` is written as the integer that it is.
 */

import type { BodyEncoder, Reader } from "./operation.js";
import { readBody } from "./read.js";

/**
 * A 64-bit integer: a `number` where a double holds it exactly, otherwise a `bigint`. So no digit is
 * lost, and ordinary values still are what `JSON.stringify` and arithmetic take; the compiler asks
 * for `Number(value)` or `BigInt(value)` before a sum.
 */
export type Int64 = number | bigint;

/** A string (skipped whole), or a number. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * `JSON.parse` that loses no integer.
 *
 * @throws SyntaxError when the text is not JSON.
 */
export function parseLossless(source: string): unknown {
  if (!hasLongNumber(source)) return JSON.parse(source);
  // The text as it came is judged first; then long integers become strings under a mark that stands
  // nowhere else in it, for the reviver to find.
  JSON.parse(source);
  let mark = "int:";
  while (source.includes(mark)) mark = `int${mark}`;
  const marked = source.replace(tokens, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${mark}${token}"` : token,
  );
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === "string" && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

/**
 * Whether sixteen digits stand in a row, as many as 2^53 has: a text without has nothing to lose.
 * One of any sixteen characters is looked at, which a row of sixteen digits can not evade.
 */
function hasLongNumber(source: string): boolean {
  const isDigit = (index: number): boolean => {
    const code = source.charCodeAt(index);
    return code >= 48 && code <= 57;
  };
  for (let index = 15; index < source.length; index += 16) {
    if (!isDigit(index)) continue;
    let start = index;
    while (isDigit(start - 1)) start -= 1;
    while (isDigit(index + 1)) index += 1;
    if (index - start >= 15) return true;
  }
  return false;
}

/**
 * `JSON.stringify` that also writes a `bigint`, as digits.
 *
 * @throws TypeError when a value holds itself.
 */
export function stringifyLossless(value: unknown): string {
  const integers: bigint[] = [];
  let mark = "int:";
  const plain = (): string =>
    JSON.stringify(value, (_key, member: unknown) => {
      if (typeof member !== "bigint") return member;
      integers.push(member);
      return `${mark}${integers.length - 1}`;
    });
  let written = plain();
  if (integers.length === 0) return written;
  // Each mark must be one of ours: a caller's string that looks like one asks for another mark.
  while (written.split(mark).length - 1 !== integers.length) {
    mark = `int${mark}`;
    integers.length = 0;
    written = plain();
  }
  return written.replace(new RegExp(`"${mark}(\\d+)"`, "g"), (_match, index: string) =>
    String(integers[Number(index)]),
  );
}

/** `application/json` with integers of any size. */
export const losslessJSONBody: BodyEncoder = (value) => ({
  content: stringifyLossless(value),
  contentType: "application/json",
  replayable: true,
});

/** Reads a JSON answer with integers of any size. */
export const readLosslessJSON: Reader<never> = (response) =>
  readBody(response, (source) => parseLossless(source) as never);

/** As `readNullableJSON`, with every integer as it was written. */
export const readNullableLosslessJSON: Reader<never> = (response) =>
  readBody(response, (source) => parseLossless(source || "null") as never);
