import assert from "node:assert/strict";
import { test } from "node:test";
import { rawBody } from "../src/runtime/body.js";
import { readDownload } from "../src/runtime/download.js";
import { AbortError, APIError, ConnectionError, TimeoutError } from "../src/runtime/errors.js";
import type { Operation } from "../src/runtime/operation.js";
import { send, sendStreamed } from "../src/runtime/send.js";
import { coreOf, json, serve } from "./server.js";
import { create, get, type Thing, uuid } from "./things.js";

test("503 is tried again with the same key, and Retry-After is waited for", async (t) => {
  const server = await serve(t, (_request, response, count) =>
    count === 1
      ? json(response, 503, {}, { "Retry-After": "1" })
      : json(response, 201, { id: "a" }),
  );
  const started = Date.now();
  await send(coreOf(server), create, { params: { name: "n" } });
  const waited = Date.now() - started;
  assert.ok(waited >= 990 && waited < 10_000, `${waited}`);
  const keys = server.received.map(({ headers }) => headers["idempotency-key"]);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  assert.deepEqual(
    server.received.map(({ body }) => String(body)),
    ['{"name":"n"}', '{"name":"n"}'],
  );
});

test("409, a write without a key and a stream are not tried again", async (t) => {
  const server = await serve(t, (request, response) =>
    json(response, request.url.endsWith("conflict") ? 409 : 503, {}),
  );
  const core = coreOf(server);
  const { idempotencyKey: _key, ...unkeyed } = create;
  const put: Operation<Thing> = { ...get, method: "PUT", body: rawBody("text/plain") };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode("ab");
    yield new TextEncoder().encode("c");
  }
  for (const call of [
    () => send(core, get, { path: ["conflict"] }),
    () => send(core, unkeyed),
    () => send(core, put, { path: ["a"], body: chunks() }),
  ]) {
    const before = server.received.length;
    await assert.rejects(async () => call(), APIError);
    assert.equal(server.received.length, before + 1);
  }
  assert.equal(String(server.received.at(-1)?.body), "abc");
});

test("retries end, and the last error is the one that is thrown", async (t) => {
  const server = await serve(t, (_request, response, count) =>
    json(response, 500, { message: `${count}` }),
  );
  const core = coreOf(server, { maxRetries: 1 });
  await assert.rejects(async () => send(core, get, { path: ["a"] }), /^APIError: 2$/);
  assert.equal(server.received.length, 2);
});

test("a wait that does not fit into the timeout fails at once, with the wait in the error", async (t) => {
  const server = await serve(t, (_request, response) =>
    json(response, 429, {}, { "Retry-After": "30" }),
  );
  const started = Date.now();
  const error = await send(coreOf(server), get, { path: ["a"] }, { timeout: 5_000 }).catch(
    (e: unknown) => e,
  );
  assert.ok(error instanceof APIError);
  assert.equal(error.retryAfter, 30);
  assert.ok(Date.now() - started < 4_000);
});

test("the timeout bounds the whole call, and the error carries the key", async (t) => {
  const server = await serve(t, () => undefined);
  const started = Date.now();
  const error = await send(coreOf(server), create, {}, { timeout: 500 }).catch((e: unknown) => e);
  assert.ok(error instanceof TimeoutError);
  assert.ok(error instanceof ConnectionError);
  assert.match(String(error.idempotencyKey), uuid);
  assert.ok(Date.now() - started < 10_000);
  assert.equal(server.received.length, 1);
});

test("a try that takes too long is tried again", async (t) => {
  const server = await serve(t, (_request, response, count) => {
    if (count > 1) json(response, 200, { id: "a" });
  });
  const data = await send(coreOf(server), get, { path: ["a"] }, { attemptTimeout: 100 });
  assert.deepEqual(data, { id: "a" });
  assert.equal(server.received.length, 2);
});

test("a body that stalls is under the timeout too", async (t) => {
  const server = await serve(t, (_request, response) => {
    response.writeHead(200).write("{");
  });
  const call = send(coreOf(server), get, { path: ["a"] }, { timeout: 150 });
  await assert.rejects(async () => call, TimeoutError);
});

test("what does not heed its signal is left behind when the time is over", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 200, { id: "a" }));
  const deaf = (): Promise<Response> => new Promise(() => {});
  await assert.rejects(send(coreOf(server, { fetch: deaf, timeout: 50 }), get, { path: ["a"] }), {
    name: "TimeoutError",
  });
  const endless = async (): Promise<Response> => new Response(new ReadableStream());
  await assert.rejects(
    send(coreOf(server, { fetch: endless, timeout: 50 }), get, { path: ["a"] }),
    {
      name: "TimeoutError",
    },
  );
});

test("the caller's signal stops a request and a wait at once", async (t) => {
  const server = await serve(t, (request, response) => {
    if (request.url.endsWith("wait")) json(response, 503, {}, { "Retry-After": "20" });
  });
  for (const id of ["hang", "wait"]) {
    const controller = new AbortController();
    const call = send(coreOf(server), get, { path: [id] }, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 100);
    const started = Date.now();
    const error = await call.catch((e: unknown) => e);
    assert.ok(error instanceof AbortError);
    assert.equal((error.cause as Error).message, "enough");
    assert.ok(Date.now() - started < 10_000);
  }
  const aborted = send(coreOf(server), get, { path: ["x"] }, { signal: AbortSignal.abort() });
  await assert.rejects(async () => aborted, AbortError);
});

test("many calls of one signal make one listener", async (t) => {
  const server = await serve(t, () => undefined);
  const controller = new AbortController();
  const warnings: string[] = [];
  const warned = (warning: Error): number => warnings.push(warning.name);
  process.on("warning", warned);
  const core = coreOf(server);
  const calls = Array.from({ length: 20 }, () =>
    Promise.resolve(send(core, get, { path: ["a"] }, { signal: controller.signal })),
  );
  setTimeout(() => controller.abort(), 100);
  for (const { status, reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
    assert.equal(status, "rejected");
    assert.ok(reason instanceof AbortError);
  }
  process.off("warning", warned);
  assert.deepEqual(warnings, []);
});

test("a connection that breaks is tried again, then a ConnectionError with its cause", async (t) => {
  const server = await serve(t, (_request, response) => {
    response.destroy();
  });
  const core = coreOf(server, { maxRetries: 1 });
  const error = await send(core, get, { path: ["a"] }).catch((e: unknown) => e);
  assert.ok(error instanceof ConnectionError);
  assert.ok(error.cause instanceof Error);
  assert.equal(server.received.length, 2);
});

test("the timeout does not cut a download that has begun", async (t) => {
  const server = await serve(t, (_request, response) => {
    response.writeHead(200).write("a");
    setTimeout(() => response.end("b"), 400);
  });
  const options = { timeout: 200 };
  const download = { ...get, read: readDownload };
  const begun = await sendStreamed(coreOf(server), download, { path: ["a"] }, options);
  assert.equal(await begun.text(), "ab");
});
