import type { BodyEncoder } from "./operation.js";
import { own } from "./property.js";
import { form, type QueryStyle, queryPieces } from "./query.js";

/**
 * `application/x-www-form-urlencoded`: each property in the style that the document's `encoding`
 * gives it, and otherwise in exploded `form`. A space is written `%20`, which every decoder of the
 * format reads.
 */
export function formBody(styles: { readonly [property: string]: QueryStyle } = {}): BodyEncoder {
  return (value) => {
    const record = value as { readonly [property: string]: unknown };
    const chosen = Object.fromEntries(
      Object.keys(record).map((property) => [property, own(styles, property) ?? form]),
    );
    return {
      content: queryPieces(chosen, record).join("&"),
      contentType: "application/x-www-form-urlencoded",
      replayable: true,
    };
  };
}
