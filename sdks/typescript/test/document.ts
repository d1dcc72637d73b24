import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseLossless } from "../src/runtime/lossless-json.js";

/** A node of the API's document. */
export type Json = { readonly [name: string]: Json } & readonly Json[] & string;

/** The repository, seen from the compiled tests. */
const root = new URL("../../../../", import.meta.url);

/** Why the document can not be read here, if it can not: it is bundled by the generator. */
export const unavailable: string | false = existsSync(new URL("target/debug/exai-gen", root))
  ? false
  : "run `cargo build -p exai-gen` first";

/** The API's document in one piece. */
export function readDocument(): Json {
  const generator = fileURLToPath(new URL("target/debug/exai-gen", root));
  const spec = fileURLToPath(new URL("spec/openapi.yaml", root));
  const options = { encoding: "utf8", maxBuffer: 2 ** 26 } as const;
  return parseLossless(
    execFileSync(generator, ["bundle", spec, "--format", "json"], options),
  ) as Json;
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
