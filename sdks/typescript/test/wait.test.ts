import assert from "node:assert/strict";
import { test } from "node:test";
import { AbortError, APIError, SDKError, TimeoutError } from "../src/runtime/errors.js";
import type { Operation } from "../src/runtime/operation.js";
import { parseJSON, readJSON } from "../src/runtime/read.js";
import { send } from "../src/runtime/send.js";
import { serverSentEvents } from "../src/runtime/sse.js";
import { type StreamOperation, stream } from "../src/runtime/stream.js";
import { pick, type Waiting, wait } from "../src/runtime/wait.js";
import { coreOf, json, serve } from "./server.js";

interface Run {
  readonly id: string;
  readonly status: string;
}

const start: Operation<Run> = {
  id: "startRun",
  method: "POST",
  path: "/runs",
  idempotencyKey: "Idempotency-Key",
  read: readJSON,
};
const get: Operation<Run> = { id: "getRun", method: "GET", path: "/runs/{id}", read: readJSON };
const events: StreamOperation = {
  id: "events",
  method: "GET",
  path: "/runs/{id}/events",
  framing: serverSentEvents,
  parse: parseJSON,
  terminal: { property: "type", values: ["done"] },
};
const waiting: Waiting<Run, Run> = {
  poll: (core, started, options) => send(core, get, { path: [pick(started, "id")] }, options),
  stream: (core, started, options) =>
    stream(core, events, { path: [pick(started, "id")] }, options),
  state: ["status"],
  terminal: ["succeeded", "failed"],
};

test("the stream is followed to its end, and one poll gives the result", async (t) => {
  const server = await serve(t, (request, response) => {
    if (request.method === "POST") json(response, 202, { id: "run_1", status: "queued" });
    else if (request.url.endsWith("events")) response.end('data: {"type":"done"}\n\n');
    else json(response, 200, { id: "run_1", status: "succeeded" });
  });
  const core = coreOf(server);
  const done = await wait(core, (options) => send(core, start, {}, options), waiting);
  assert.equal(done.status, "succeeded");
  assert.deepEqual(
    server.received.map(({ method, url }) => `${method} ${url}`),
    ["POST /runs", "GET /runs/run_1/events", "GET /runs/run_1"],
  );
});

test("without a stream, or with one that fails, the state is polled", async (t) => {
  const server = await serve(t, (request, response, count) => {
    if (request.method === "POST") json(response, 202, { id: "run_1", status: "queued" });
    else if (request.url.endsWith("events")) json(response, 404, {});
    else json(response, 200, { id: "run_1", status: count % 5 === 0 ? "failed" : "running" });
  });
  const core = coreOf(server);
  const { stream: _stream, ...polling } = waiting;
  for (const how of [waiting, polling]) {
    const own = { interval: 5 };
    const done = await wait(core, (options) => send(core, start, {}, options), how, own);
    assert.equal(done.status, "failed");
  }
});

test("a result that is late is a TimeoutError with the key, and a signal an AbortError", async (t) => {
  const server = await serve(t, (request, response) => {
    if (request.method === "POST") json(response, 202, { id: "run_1", status: "queued" });
    else if (request.url.endsWith("events")) response.writeHead(200).write(": beat\n\n");
    else json(response, 200, { id: "run_1", status: "running" });
  });
  const core = coreOf(server);
  const run = (own: object): Promise<unknown> =>
    wait(core, (options) => send(core, start, {}, options), waiting, own).catch((e: unknown) => e);
  const late = await run({ timeout: 100, idempotencyKey: "mine" });
  assert.ok(late instanceof TimeoutError);
  assert.equal(late.idempotencyKey, "mine");
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  assert.ok((await run({ signal: controller.signal })) instanceof AbortError);
});

test("an error of the start is handed over, and an answer without the id is one", async (t) => {
  const server = await serve(t, (_request, response, count) =>
    json(response, count === 1 ? 422 : 202, {}),
  );
  const core = coreOf(server);
  const run = (): Promise<Run> => wait(core, (options) => send(core, start, {}, options), waiting);
  await assert.rejects(run(), APIError);
  await assert.rejects(run(), SDKError);
});
