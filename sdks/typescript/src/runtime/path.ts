import { encode, entries, isPresent, isRecord, members, text } from "./encode.js";

/**
 * Writes one path parameter: its value in, text that is already percent-encoded out. `name` is the
 * name between the braces, which only the matrix style prints.
 */
export type PathStyle = (name: string, value: unknown) => string;

/** Style `simple` with `explode: false`, the default of a path: `3,4,5` and `x,1,y,2`. */
export const simple: PathStyle = (_name, value) => {
  if (Array.isArray(value)) return members(value).map(encode).join(",");
  if (isRecord(value)) return entries(value).flat().map(encode).join(",");
  return encode(text(value));
};

/** A piece of a template: what stands in it, or the name of a parameter. */
type Piece = { readonly literal: string } | { readonly name: string };

/** Segments of templates; there are as many templates as operations. */
const templates = new Map<string, readonly (readonly Piece[])[]>();

function segmentsOf(template: string): readonly (readonly Piece[])[] {
  const known = templates.get(template);
  if (known !== undefined) return known;
  const segments = template.split("/").map((segment) =>
    segment
      .split(/(\{[^{}]+\})/)
      .filter((piece) => piece !== "")
      .map(
        (piece): Piece =>
          /^\{.+\}$/.test(piece) ? { name: piece.slice(1, -1) } : { literal: piece },
      ),
  );
  templates.set(template, segments);
  return segments;
}

/**
 * Fills a path template such as `/runs/{run_id}` with values in the order of its parameters.
 *
 * A value can not leave its segment: it is percent-encoded, and a segment that would come out
 * empty, `.` or `..` is refused, because URL parsers resolve those (even as `%2e%2e`) to another
 * path, and so to another operation.
 *
 * @throws TypeError when a value is missing, or would change the path around it.
 */
export function expandPath(
  template: string,
  values: readonly unknown[],
  styles?: { readonly [name: string]: PathStyle },
): string {
  if (values.length === 0 && !template.includes("{")) return template;
  let next = 0;
  let path = "";
  for (const [index, segment] of segmentsOf(template).entries()) {
    let out = "";
    let filled = false;
    for (const piece of segment) {
      if ("literal" in piece) out += piece.literal;
      else {
        const value = values[next++];
        if (!isPresent(value)) throw new TypeError(`Path parameter ${piece.name} is missing`);
        filled = true;
        out += (styles?.[piece.name] ?? simple)(piece.name, value);
      }
    }
    if (filled && (out === "" || out === "." || out === "..")) {
      throw new TypeError(`Path parameter in ${template} must not be ${JSON.stringify(out)}`);
    }
    path += index === 0 ? out : `/${out}`;
  }
  return path;
}
