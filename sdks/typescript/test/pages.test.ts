import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionError } from "../src/runtime/errors.js";
import { list, type PageOperation } from "../src/runtime/pages.js";
import { form } from "../src/runtime/query.js";
import { readJSON } from "../src/runtime/read.js";
import { coreOf, json, serve } from "./server.js";

interface Body {
  readonly data: readonly number[];
  readonly next_cursor: string | null;
}

const operation: PageOperation<Body> = {
  id: "listThings",
  method: "GET",
  path: "/things",
  query: { cursor: form, limit: form, offset: form, page: form },
  pagination: { by: "cursor", parameter: "cursor", items: ["data"], next: ["next_cursor"] },
  read: readJSON,
};
const pages: Record<string, Body> = {
  "": { data: [1, 2], next_cursor: "a&b" },
  "a&b": { data: [], next_cursor: "c" },
  c: { data: [3], next_cursor: null },
};

test("a list gives the items of all pages, and one page with its answer", async (t) => {
  const server = await serve(t, (request, response) => {
    const { searchParams } = new URL(request.url, "http://localhost");
    json(response, 200, pages[searchParams.get("cursor") ?? ""], { "x-receipt": "rcp_1" });
  });
  const things = list<number, Body>(coreOf(server), operation, { params: { limit: 2 } });
  assert.equal(server.received.length, 0);
  const items: number[] = [];
  for await (const item of things) items.push(item);
  assert.deepEqual(items, [1, 2, 3]);
  assert.deepEqual(
    server.received.map(({ url }) => url),
    ["/things?limit=2", "/things?cursor=a%26b&limit=2", "/things?cursor=c&limit=2"],
  );

  const { data: page, receipt } = await things.page().withResponse();
  assert.equal(receipt, "rcp_1");
  assert.deepEqual([...page], [1, 2]);
  assert.equal(page.hasNext, true);
  assert.equal(page.body.next_cursor, "a&b");
  const last = await (await page.next())?.next();
  assert.deepEqual(last?.items, [3]);
  assert.equal(last?.hasNext, false);
  assert.equal(last?.next(), undefined);
});

test("a cursor that does not move is an error, and no loop", async (t) => {
  const server = await serve(t, (_request, response) =>
    json(response, 200, { data: [1], next_cursor: "same" }),
  );
  const items: number[] = [];
  await assert.rejects(async () => {
    for await (const item of list<number, Body>(coreOf(server), operation)) items.push(item);
  }, ConnectionError);
  assert.deepEqual(items, [1, 1]);
});

test("leaving the loop fetches no further page", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 200, pages[""]));
  for await (const _item of list<number, Body>(coreOf(server), operation)) break;
  assert.equal(server.received.length, 1);
});

test("offsets and page numbers move on until a page is empty", async (t) => {
  const server = await serve(t, (request, response) => {
    const { searchParams } = new URL(request.url, "http://localhost");
    const at = Number(searchParams.get("offset") ?? Number(searchParams.get("page") ?? 1) * 2 - 2);
    json(response, 200, [1, 2, 3].slice(at, at + 2));
  });
  for (const [by, parameter] of [
    ["offset", "offset"],
    ["page", "page"],
  ] as const) {
    const items: number[] = [];
    const paged = { ...operation, pagination: { by, parameter, items: [] } };
    for await (const item of list<number, Body>(coreOf(server), paged)) items.push(item);
    assert.deepEqual(items, [1, 2, 3]);
  }
});
