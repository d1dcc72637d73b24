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
  let next = 0;
  return template
    .split("/")
    .map((segment) => {
      let filled = false;
      const out = segment.replace(/\{([^{}]+)\}/g, (_match, name: string) => {
        const value = values[next++];
        if (!isPresent(value)) throw new TypeError(`Path parameter ${name} is missing`);
        filled = true;
        return (styles?.[name] ?? simple)(name, value);
      });
      if (filled && /^\.{0,2}$/.test(out)) {
        throw new TypeError(`Path parameter in ${template} must not be ${JSON.stringify(out)}`);
      }
      return out;
    })
    .join("/");
}
