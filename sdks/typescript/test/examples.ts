import type { ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import type Exai from "../src/index.js";
import { stringifyLossless } from "../src/runtime/lossless-json.js";
import { exampleOf, type Json, resolve, sample } from "./document.js";
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

/** Calls the method as a user would: path parameters, a body of its own, parameters, options. */
export function call(exai: Exai, item: Case, document: Json): unknown {
  const path: unknown[] = [];
  const params: Record<string, unknown> = {};
  for (const parameter of item.parameters) {
    const name = String(parameter["name"]);
    const role = parameter["x-exai-role"];
    if (role !== undefined) continue;
    const value = sample(document, parameter["schema"]);
    if (parameter["in"] === "path") path.push(value);
    else params[name] = value;
  }
  const { request } = item;
  const whole = request !== undefined && request.example === undefined;
  if (request?.type === "multipart/form-data") {
    Object.assign(params, request.example, { file: new File([bytes], "a.png") });
  } else if (request !== undefined && !whole) Object.assign(params, request.example);
  const takesParams = Object.keys(params).length > 0 || (request !== undefined && !whole);
  const args = [...path, ...(whole ? [bytes] : []), ...(takesParams ? [params] : [])];
  const method = item.accessors.at(-1) ?? "";
  const owner = item.accessors
    .slice(0, -1)
    .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], exai);
  return (owner as Record<string, (...args: unknown[]) => unknown>)[method]?.(...args);
}

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
