import { readFileSync } from "node:fs";
import { parseLossless } from "../src/runtime/lossless-json.js";

/** A node of the API's document. */
export type Json = { readonly [name: string]: Json } & readonly Json[] & string;

/** The API's document in one piece, as the repository keeps it. */
export function readDocument(): Json {
  const bundled = new URL("../../../../spec/bundled/openapi.json", import.meta.url);
  return parseLossless(readFileSync(bundled, "utf8")) as Json;
}

/** Follows references to the end. */
export function resolve(document: Json, node: Json | undefined): Json {
  let found = node ?? ({} as Json);
  while (found["$ref"] !== undefined) {
    const path = found["$ref"].split("/").slice(1);
    found = path.reduce<Json>(
      (at, key) => at[key.replaceAll("~1", "/").replaceAll("~0", "~")] as Json,
      document,
    );
  }
  return found;
}

/** The first example of a media type. */
export function exampleOf(document: Json, content: Json): Json | undefined {
  if (content["example"] !== undefined) return content["example"];
  const [first] = Object.values(content["examples"] ?? {});
  return first && resolve(document, first as Json)["value"];
}

/** A value that a parameter's schema allows. */
export function sample(document: Json, schema: Json | undefined): unknown {
  const found = resolve(document, schema);
  if (found["enum"]) return found["enum"][0];
  const type: unknown = found["type"] ?? resolve(document, found["oneOf"]?.[0])["type"];
  switch (Array.isArray(type) ? type[0] : type) {
    case "integer":
      return 7;
    case "boolean":
      return true;
    case "array":
      return [sample(document, found["items"])];
    case "object":
      return { team: "a b" };
    default:
      return "a b&c/d";
  }
}
