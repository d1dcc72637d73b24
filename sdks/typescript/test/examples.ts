import type { ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import { stringifyLossless } from "../src/runtime/lossless-json.js";
import { exampleOf, type Json, resolve } from "./document.js";
import { json, serve, type TestServer } from "./server.js";

/** An operation with its examples. */
export interface Case {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly accessors: readonly string[];
  readonly parameters: readonly Json[];
  readonly request: { readonly type: string; readonly example: Json | undefined } | undefined;
  readonly response: { readonly status: number; readonly type: string; readonly example: Json };
}

/** Every operation of the document. */
export function* casesOf(document: Json): Generator<Case> {
  for (const [path, reference] of Object.entries(document["paths"] ?? {})) {
    const item = resolve(document, reference as Json);
    for (const [method, operation] of Object.entries(item) as [string, Json][]) {
      if (method === "parameters") continue;
      const parameters = [
        ...((item["parameters"] ?? []) as readonly Json[]),
        ...((operation["parameters"] ?? []) as readonly Json[]),
      ].map((parameter) => resolve(document, parameter));
      const [status, answer] = Object.entries(operation["responses"] ?? {})[0] as [string, Json];
      const [type, content] = contentOf(resolve(document, answer));
      const [bodyType, body] = contentOf(resolve(document, operation["requestBody"]));
      yield {
        id: String(operation["operationId"]),
        method: method.toUpperCase(),
        path,
        accessors: String(operation["x-exai-method"]).split("."),
        parameters,
        request: bodyType ? { type: bodyType, example: exampleOf(document, body) } : undefined,
        response: { status: Number(status), type, example: exampleOf(document, content) as Json },
      };
    }
  }
}

function contentOf(node: Json): [string, Json] {
  const [first] = Object.entries(node["content"] ?? {});
  return (first as [string, Json] | undefined) ?? ["", {} as Json];
}

/** What stands for a file. */
export const bytes: Uint8Array<ArrayBuffer> = new Uint8Array([0, 255, 10, 13]);

/** Answers with the example of an operation. */
export function answer(
  { response: { status, type, example } }: Case,
  response: ServerResponse,
): void {
  const headers = { "x-exai-receipt": "rcp_1", ...(type === "" ? {} : { "Content-Type": type }) };
  response.writeHead(status, headers);
  if (type === "") response.end();
  else if (type === "application/json") response.end(stringifyLossless(example));
  // A block of YAML ends with one line break; an event, with an empty line.
  else if (type === "text/event-stream") response.end(`${example}\n\n`);
  else response.end(example ?? bytes);
}

/**
 * The whole API on a real server: examples, with other values where `instead` has some for an
 * operation, and 404 for whatever is called `nope`.
 */
export function serveExamples(
  test: TestContext,
  document: Json,
  instead: { readonly [operation: string]: object } = {},
): Promise<TestServer> {
  const cases = [...casesOf(document)].map((item) => ({
    item,
    path: new RegExp(`^${item.path.replace(/\{[^}]+\}/g, "[^/?]+")}(\\?|$)`),
  }));
  // `/agents/custom` is not an agent: the path with fewer parameters comes first.
  cases.sort((a, b) => a.item.path.split("{").length - b.item.path.split("{").length);
  return serve(test, ({ method, url }, response) => {
    const found = cases.find(({ item, path }) => item.method === method && path.test(url));
    if (found !== undefined && !url.includes("nope")) {
      const { id, response: wanted } = found.item;
      // The page behind the first is the last.
      const changed = url.includes("cursor=") ? { next_cursor: null } : instead[id];
      if (changed === undefined) return answer(found.item, response);
      return json(response, wanted.status, Object.assign({}, wanted.example, changed));
    }
    const error = { code: 404, name: "not_found", message: "no such thing", receipt: "rcp_2" };
    return json(response, 404, error, { "x-exai-receipt": "rcp_2" });
  });
}
