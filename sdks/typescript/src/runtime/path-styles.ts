/**
 * The path styles that few documents use, apart from `simple` so that a bundle holds only those
 * which its operations name. The rules are the style table of OpenAPI 3.1, section 4.8.12.3, which
 * follows RFC 6570.
 */

import { encode, entries, isRecord, members, text } from "./encode.js";
import { type PathStyle, simple } from "./path.js";

/** Style `simple` with `explode: true`: `3,4,5` and `x=1,y=2`. */
export const simpleExploded: PathStyle = (name, value) =>
  isRecord(value) ? pairs(value).join(",") : simple(name, value);

/** Style `label` with `explode: false`: `.3,4,5` and `.x,1,y,2`. */
export const label: PathStyle = (name, value) => `.${simple(name, value)}`;

/** Style `label` with `explode: true`: `.3.4.5` and `.x=1.y=2`. */
export const labelExploded: PathStyle = (_name, value) => {
  if (Array.isArray(value)) return `.${members(value).map(encode).join(".")}`;
  if (isRecord(value)) return `.${pairs(value).join(".")}`;
  return `.${encode(text(value))}`;
};

/** Style `matrix` with `explode: false`: `;id=3,4,5` and `;id=x,1,y,2`. */
export const matrix: PathStyle = (name, value) => {
  const written = simple(name, value);
  return written === "" ? `;${encode(name)}` : `;${encode(name)}=${written}`;
};

/** Style `matrix` with `explode: true`: `;id=3;id=4` and `;x=1;y=2`. */
export const matrixExploded: PathStyle = (name, value) => {
  if (Array.isArray(value)) {
    return members(value)
      .map((member) => `;${encode(name)}=${encode(member)}`)
      .join("");
  }
  if (isRecord(value))
    return pairs(value)
      .map((pair) => `;${pair}`)
      .join("");
  return matrix(name, value);
};

function pairs(value: object): string[] {
  return entries(value).map(([name, member]) => `${encode(name)}=${encode(member)}`);
}
