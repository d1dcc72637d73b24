import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AbortError,
  APIError,
  ConfigurationError,
  SDKError,
  TimeoutError,
} from "../src/runtime/errors.js";
import type { Operation } from "../src/runtime/operation.js";
import { parseJSON, readJSON } from "../src/runtime/read.js";
import type { Result } from "../src/runtime/result.js";
import { send } from "../src/runtime/send.js";
import { serverSentEvents } from "../src/runtime/sse.js";
import { type StreamOperation, stream } from "../src/runtime/stream.js";
import { type Waiting, wait, waitFrom } from "../src/runtime/wait.js";
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
  resume: "Last-Event-ID",
};
const waiting: Waiting<Run> = {
  operation: "startRun",
  poll: (core, options, id) => send(core, get, { path: [id] }, options),
  pollPath: [["id"]],
  stream: (core, options, id) => stream(core, events, { path: [id] }, options),
  streamPath: [["id"]],
  state: ["status"],
  terminal: ["succeeded", "failed"],
};

const decoded = (token: string | undefined): unknown =>
  JSON.parse(Buffer.from(token ?? "", "base64url").toString());

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
  const { stream: _stream, streamPath: _path, ...polling } = waiting;
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
  const run = (): Result<Run> => wait(core, (options) => send(core, start, {}, options), waiting);
  await assert.rejects(Promise.resolve(run()), APIError);
  await assert.rejects(Promise.resolve(run()), SDKError);
});

test("a wait says where it is, fails with it, and goes on from it in another client", async (t) => {
  let isDone = false;
  const server = await serve(t, (request, response) => {
    if (request.method === "POST") json(response, 202, { id: "run_1", status: "queued" });
    else if (request.url.endsWith("events")) {
      const from = Number(request.headers["last-event-id"] ?? 0);
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      if (isDone) response.end(`id: ${from + 1}\ndata: {"type":"done"}\n\n`);
      else response.write("id: 1\ndata: {}\n\nid: 2\ndata: {}\n\ndata: {}\n\n");
    } else json(response, 200, { id: "run_1", status: isDone ? "succeeded" : "running" });
  });
  const tokens: string[] = [];
  const options = {
    timeout: 200,
    idempotencyKey: "mine",
    onWaiting: (token: string) => tokens.push(token),
  };
  const core = coreOf(server, { maxRetries: 0 });
  const late = await wait(core, (own) => send(core, start, {}, own), waiting, options).catch(
    (error: unknown) => error,
  );
  assert.ok(late instanceof TimeoutError);
  assert.equal(late.waitToken, tokens.at(-1));
  const place = { v: 1, op: "startRun", poll: ["run_1"], stream: ["run_1"] };
  assert.deepEqual(tokens.map(decoded), [
    { ...place, key: "mine" },
    { ...place, last_event_id: "1", key: "mine" },
    { ...place, last_event_id: "2", key: "mine" },
  ]);
  const text = Buffer.from(tokens[1] ?? "", "base64url").toString();
  const written =
    '{"v":1,"op":"startRun","poll":["run_1"],"stream":["run_1"],"last_event_id":"1","key":"mine"}';
  assert.equal(text, written);

  isDone = true;
  server.received.length = 0;
  const other = coreOf(server);
  const done = await waitFrom(other, late.waitToken ?? "", waiting).withResponse();
  assert.equal(done.data.status, "succeeded");
  assert.equal(done.idempotencyKey, "mine");
  assert.equal(done.status, 200);
  assert.deepEqual(
    server.received.map(({ method, url, headers }) => [method, url, headers["last-event-id"]]),
    [
      ["GET", "/runs/run_1/events", "2"],
      ["GET", "/runs/run_1", undefined],
    ],
  );
});

test("a token of another operation, version or form is refused before anything is sent", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 200, {}));
  const place = { v: 1, op: "startRun", poll: ["run_1"], stream: ["run_1"] };
  const tokens = [
    { ...place, op: "replayRun" },
    { ...place, v: 2 },
    { ...place, poll: ["run_1", "run_2"] },
    { ...place, poll: [1] },
    { ...place, stream: "run_1" },
    { ...place, key: {} },
    [],
    null,
  ].map((value) => Buffer.from(JSON.stringify(value)).toString("base64url"));
  for (const token of [...tokens, "", "!", "bm8", "/w=="]) {
    const result = waitFrom(coreOf(server), token, waiting);
    await assert.rejects(Promise.resolve(result), ConfigurationError);
  }
  assert.equal(server.received.length, 0);
});
