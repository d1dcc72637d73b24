import assert from "node:assert/strict";
import { test } from "node:test";
import { rawBody } from "../src/runtime/body.js";
import { ConnectionError } from "../src/runtime/errors.js";
import type { Middleware, TryContext } from "../src/runtime/middleware.js";
import { send } from "../src/runtime/send.js";
import { coreOf, json, serve } from "./server.js";
import { create, get } from "./things.js";

test("middleware stands around each try, the first outermost, and sees credentials", async (t) => {
  const server = await serve(t, (_request, response, count) =>
    json(response, count === 1 ? 503 : 200, { id: "a" }, { "Retry-After": "0" }),
  );
  const seen: unknown[] = [];
  const layer =
    (name: string): Middleware =>
    async (request, next, context) => {
      seen.push([name, context satisfies TryContext, request.headers.get("authorization")]);
      request.headers.append("X-Layers", name);
      return next(request);
    };
  const core = coreOf(server, { middleware: [layer("outer"), layer("inner")] });
  await send(core, create, { params: { name: "n" } });
  const token = "Bearer sk_test_secret";
  assert.deepEqual(seen, [
    ["outer", { operation: "createThing", attempt: 1 }, token],
    ["inner", { operation: "createThing", attempt: 1 }, token],
    ["outer", { operation: "createThing", attempt: 2 }, token],
    ["inner", { operation: "createThing", attempt: 2 }, token],
  ]);
  for (const { headers, body } of server.received) {
    assert.equal(headers["x-layers"], "outer, inner");
    // A body that is in memory keeps its length.
    assert.equal(headers["content-length"], String(body.length));
    assert.deepEqual(JSON.parse(String(body)), { name: "n" });
  }
});

test("a request made anew is sent, and one that is answered is not", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 200, { id: "sent" }));
  const anew: Middleware = (request, next) =>
    next(
      new Request(request, { headers: { ...Object.fromEntries(request.headers), "X-New": "1" } }),
    );
  const sent = await send(coreOf(server, { middleware: [anew] }), create, { params: { a: 1 } });
  assert.deepEqual(sent, { id: "sent" });
  const [request] = server.received;
  assert.equal(request?.headers["x-new"], "1");
  assert.equal(request?.headers["content-length"], "7");
  const answered: Middleware = async () => Response.json({ id: "kept" });
  const kept = await send(coreOf(server, { middleware: [answered] }), get, { path: ["a"] });
  assert.deepEqual(kept, { id: "kept" });
  assert.equal(server.received.length, 1);
});

test("a streamed body passes through", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 200, { id: "a" }));
  const middleware: Middleware[] = [(request, next) => next(request)];
  const body = new Blob(["streamed"]).stream();
  const upload = { ...create, body: rawBody("application/octet-stream") };
  await send(coreOf(server, { middleware }), upload, { body });
  assert.equal(String(server.received[0]?.body), "streamed");
});

test("what a middleware throws is thrown as it is; a broken connection is tried again", async (t) => {
  const own = new Error("my own");
  const server = await serve(t, (_request, response, count) => {
    if (count === 1) response.destroy();
    else json(response, 200, { id: "a" });
  });
  let tries = 0;
  const counting: Middleware = (request, next) => {
    tries += 1;
    return next(request);
  };
  await send(coreOf(server, { middleware: [counting] }), get, { path: ["a"] });
  assert.equal(tries, 2);
  const failing: Middleware = () => Promise.reject(own);
  const error = await send(coreOf(server, { middleware: [failing] }), get, { path: ["a"] }).catch(
    (thrown: unknown) => thrown,
  );
  assert.equal(error, own);
  assert.ok(!(error instanceof ConnectionError));
  assert.equal(server.received.length, 2);
});
