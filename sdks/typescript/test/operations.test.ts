/** Every operation of the document, called through the package against the document's examples. */

import assert from "node:assert/strict";
import { test } from "node:test";
import Exai, {
  type Download,
  type Pages,
  parseLossless,
  type Result,
  type Stream,
} from "../src/index.js";
import { readDocument, sample } from "./document.js";
import { answer, bytes, type Case, call, casesOf } from "./examples.js";
import { serve } from "./server.js";

async function read(item: Case, made: unknown, count: number): Promise<unknown> {
  const { type } = item.response;
  if (type === "text/event-stream" || type === "application/x-ndjson") {
    const items: unknown[] = [];
    for await (const value of made as Stream<unknown>) {
      if (items.push(value) === count) break;
    }
    return items;
  }
  if ("page" in (made as object)) {
    const page = await (made as Pages<unknown, { data: unknown[] }>).page();
    assert.deepEqual(page.items, page.body.data);
    return page.body;
  }
  const full = await (made as Result<unknown>).withResponse();
  assert.equal(full.receipt, "rcp_1");
  assert.equal(full.status, item.response.status);
  return full.data;
}

/** What the call is to give: the example, in the form that its media type has. */
function expected({ response: { type, example } }: Case): unknown {
  if (type === "text/event-stream") {
    const lines = example.split("\n").filter((line) => line.startsWith("data:"));
    return lines.map((line) => parseLossless(line.slice("data:".length)));
  }
  if (type !== "application/x-ndjson") return type === "" ? undefined : example;
  return example
    .trim()
    .split("\n")
    .map((line) => parseLossless(line));
}

const document = readDocument();
const cases = [...casesOf(document)];

test("the document has its 142 operations", () => {
  assert.equal(cases.length, 142);
});

for (const item of cases) {
  test(item.id, async (t) => {
    const server = await serve(t, (_request, response) => answer(item, response));
    const exai = new Exai({ baseURL: server.url, apiKey: "sk_test_1", maxRetries: 0 });
    const wanted = expected(item);
    const count = Array.isArray(wanted) ? wanted.length : 0;
    const given = await read(item, call(exai, item, document), count);
    if (item.response.type !== "" && item.response.example === undefined) {
      assert.deepEqual(await (given as Download).bytes(), bytes);
    } else assert.deepEqual(given, wanted);

    const [request] = server.received;
    assert.ok(request);
    assert.equal(server.received.length, 1);
    assert.equal(request.method, item.method);
    const template = item.path.replace(/\{[^}]+\}/g, "[^/?]+").replaceAll(".", "\\.");
    assert.match(request.url, new RegExp(`^${template}(\\?|$)`));
    assert.equal(request.headers.authorization, "Bearer sk_test_1");
    const keyed = item.method === "POST" || item.method === "PATCH";
    assert.equal(request.headers["idempotency-key"] !== undefined, keyed);

    const { searchParams } = new URL(request.url, server.url);
    for (const parameter of item.parameters) {
      if (parameter["in"] !== "query") continue;
      const value = sample(document, parameter["schema"]);
      const first = Array.isArray(value) ? value[0] : value;
      if (typeof first === "object") continue;
      assert.equal(searchParams.get(String(parameter["name"])), String(first));
    }
    if (item.request?.type === "application/json") {
      assert.deepEqual(parseLossless(String(request.body)), item.request.example);
    } else if (item.request?.type.startsWith("application/")) {
      assert.deepEqual(new Uint8Array(request.body), bytes);
      assert.equal(request.headers["content-type"], item.request.type);
    }
  });
}
