import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import {
  AbortError,
  APIError,
  ConnectionError,
  DecodeError,
  SDKError,
} from "../src/runtime/errors.js";
import { ndjson } from "../src/runtime/ndjson.js";
import { parseJSON } from "../src/runtime/read.js";
import { serverSentEvents } from "../src/runtime/sse.js";
import { type StreamOperation, stream } from "../src/runtime/stream.js";
import { coreOf, json, serve } from "./server.js";

interface Event {
  readonly type: string;
  readonly n: number;
}

const events: StreamOperation = {
  id: "streamEvents",
  method: "GET",
  path: "/events",
  accept: "text/event-stream",
  framing: serverSentEvents,
  parse: parseJSON,
  terminal: { property: "type", values: ["done"] },
  resume: "Last-Event-ID",
};

function write(
  response: ServerResponse,
  n: number,
  type: string = "step",
  id: boolean = true,
): void {
  if (!response.headersSent) response.writeHead(200, { "Content-Type": "text/event-stream" });
  response.write(
    `: beat\n${id ? `id: ${n}\n` : ""}event: ${type}\ndata: {"type":"${type}","n":${n}}\n\n`,
  );
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

test("events come typed, and the terminal one ends the stream and the connection", async (t) => {
  let closed = false;
  const server = await serve(t, (_request, response) => {
    response.on("close", () => {
      closed = true;
    });
    write(response, 1);
    write(response, 2, "done");
  });
  const items = await collect(stream<Event>(coreOf(server), events));
  assert.deepEqual(items, [
    { type: "step", n: 1 },
    { type: "done", n: 2 },
  ]);
  while (!closed) await new Promise((resolve) => setTimeout(resolve, 10));
});

test("a break after an id is taken up again without a gap or a repeat", async (t) => {
  const server = await serve(t, async (request, response) => {
    const from = Number(request.headers["last-event-id"] ?? 0);
    if (from === 0) response.writeHead(200).write("retry: 10\n\n");
    write(response, from + 1, from === 4 ? "done" : "step");
    // Two ways to break: cut off, and ended too early.
    setTimeout(() => (from % 2 ? response.destroy() : response.end()), 20);
    await once(response, "close");
  });
  const items = await collect(stream<Event>(coreOf(server), events));
  assert.deepEqual(
    items.map(({ n }) => n),
    [1, 2, 3, 4, 5],
  );
  assert.deepEqual(
    server.received.map(({ headers }) => headers["last-event-id"]),
    [undefined, "1", "2", "3", "4"],
  );
});

test("a write that streams is taken up again under the same key", async (t) => {
  const server = await serve(t, (request, response) => {
    const from = Number(request.headers["last-event-id"] ?? 0);
    write(response, from + 1, from === 1 ? "done" : "step");
    setTimeout(() => response.destroy(), 20);
  });
  const exec = { ...events, method: "POST", idempotencyKey: "Idempotency-Key" };
  assert.equal((await collect(stream(coreOf(server), exec))).length, 2);
  const keys = server.received.map(({ headers }) => headers["idempotency-key"]);
  assert.equal(keys.length, 2);
  assert.ok(keys[0]);
  assert.equal(keys[0], keys[1]);
});

test("a break without ids, or on an operation that can not resume, is thrown", async (t) => {
  const server = await serve(t, (request, response) => {
    write(response, 1, "step", request.url.endsWith("ids"));
    setTimeout(() => response.destroy(), 20);
  });
  const { resume: _resume, ...unresumable } = events;
  for (const operation of [events, { ...unresumable, path: "/ids" }]) {
    const before = server.received.length;
    await assert.rejects(collect(stream(coreOf(server), operation)), ConnectionError);
    assert.equal(server.received.length, before + 1);
  }
});

test("a stream without an end of its own goes on when its server ends it, if it can", async (t) => {
  const server = await serve(t, (request, response) => {
    const from = Number(request.headers["last-event-id"] ?? 0);
    write(response, from + 1, "step", request.url === "/events");
    response.end();
  });
  const { terminal: _terminal, ...endless } = events;
  const numbers: number[] = [];
  for await (const { n } of stream<Event>(coreOf(server), endless, {}, { maxRetries: 1 })) {
    numbers.push(n);
    if (n === 3) break;
  }
  assert.deepEqual(numbers, [1, 2, 3]);
  const plain = { ...endless, path: "/plain" };
  assert.equal((await collect(stream(coreOf(server), plain))).length, 1);
});

test("a server that breaks off again and again is given up", async (t) => {
  const server = await serve(t, (_request, response) => {
    response.writeHead(200).write("retry: 1\n\n");
    setTimeout(() => response.end(), 5);
  });
  const options = { lastEventId: "7", maxRetries: 2 };
  await assert.rejects(collect(stream(coreOf(server), events, {}, options)), ConnectionError);
  assert.deepEqual(
    server.received.map(({ headers }) => headers["last-event-id"]),
    ["7", "7", "7"],
  );
});

test("an error answer, and data that is not JSON, are thrown", async (t) => {
  const server = await serve(t, (request, response) => {
    if (request.url === "/events") json(response, 404, { message: "no such run" });
    else response.writeHead(200).end("data: {\n\n");
  });
  await assert.rejects(collect(stream(coreOf(server), events)), APIError);
  await assert.rejects(collect(stream(coreOf(server), { ...events, path: "/bad" })), DecodeError);
});

test("leaving the loop, close and the caller's signal all close the connection", async (t) => {
  let open = 0;
  const server = await serve(t, (_request, response) => {
    open++;
    response.on("close", () => open--);
    write(response, 1);
  });
  const core = coreOf(server);
  for await (const _event of stream(core, events)) break;

  const closing = stream(core, events);
  for await (const _event of closing) closing.close();

  const controller = new AbortController();
  await assert.rejects(async () => {
    const { signal } = controller;
    for await (const _event of stream(core, events, {}, { signal })) controller.abort();
  }, AbortError);
  while (open > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(server.received.length, 3);
});

test("a stream is read once, and withResponse gives its facts", async (t) => {
  const server = await serve(t, (_request, response) => {
    response.setHeader("x-receipt", "rcp_1");
    write(response, 1, "done");
  });
  const { data, receipt } = await stream<Event>(coreOf(server), events).withResponse();
  assert.equal(receipt, "rcp_1");
  assert.equal((await collect(data)).length, 1);
  assert.equal(data.lastEventId, "1");
  await assert.rejects(collect(data), SDKError);
  assert.equal(server.received.length, 1);
});

test("lines of NDJSON are values until the body ends, and a cut body is an error", async (t) => {
  const server = await serve(t, (request, response) => {
    response.writeHead(200, { "Content-Length": "16" });
    response.write('{"n":1}\n{"n":2}');
    if (request.url === "/whole") response.end("\n");
    else setTimeout(() => response.destroy(), 20);
  });
  const { terminal: _terminal, resume: _resume, ...base } = events;
  const lines = { ...base, framing: ndjson, accept: "application/x-ndjson", path: "/whole" };
  assert.deepEqual(await collect(stream(coreOf(server), lines)), [{ n: 1 }, { n: 2 }]);
  await assert.rejects(
    collect(stream(coreOf(server), { ...lines, path: "/cut" })),
    ConnectionError,
  );
});
