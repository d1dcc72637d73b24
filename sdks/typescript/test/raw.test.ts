import assert from "node:assert/strict";
import { test } from "node:test";
import { Core } from "../src/runtime/core.js";
import { ConfigurationError, DecodeError } from "../src/runtime/errors.js";
import { request } from "../src/runtime/raw.js";
import { coreOf, json, serve, settings, TeapotError } from "./server.js";
import { uuid } from "./things.js";

const headers = { ...settings.headers, idempotencyKey: "Idempotency-Key" };

test("a request beyond the document has credentials, retries, a key and the answer's facts", async (t) => {
  const server = await serve(t, (_request, response, count) =>
    json(response, count === 1 ? 503 : 200, { n: 1 }, { "Retry-After": "0", "x-receipt": "rcp_1" }),
  );
  const core = new Core({ ...settings, headers }, { baseURL: server.url, apiKey: "sk_test_1" });
  const query = { tag: ["a", "b c"] };
  const answer = await request<{ n: number }>(core, {
    method: "post",
    path: "/new/a%20b",
    query,
    body: { big: 9007199254740993n },
    headers: { "X-Extra": "1" },
  }).withResponse();
  assert.deepEqual([answer.data, answer.receipt], [{ n: 1 }, "rcp_1"]);
  assert.equal(server.received.length, 2);
  for (const received of server.received) {
    assert.equal(received.method, "POST");
    assert.equal(received.url, "/new/a%20b?tag=a&tag=b%20c");
    assert.equal(String(received.body), '{"big":9007199254740993}');
    assert.equal(received.headers["content-type"], "application/json");
    assert.equal(received.headers["x-extra"], "1");
    assert.equal(received.headers.authorization, "Bearer sk_test_1");
    assert.match(String(received.headers["idempotency-key"]), uuid);
    assert.equal(received.headers["idempotency-key"], answer.idempotencyKey);
  }
});

test("bytes go as they are, and an API without keys is sent none", async (t) => {
  const server = await serve(t, (_request, response) => {
    response.writeHead(204).end();
  });
  const body = new Uint8Array([0, 255]);
  const media = { "Content-Type": "image/png" };
  const core = coreOf(server);
  const nothing = await request(core, { method: "POST", path: "/x", body, headers: media });
  assert.equal(nothing, undefined);
  await request(core, { method: "GET", path: "/y" });
  const [first, second] = server.received;
  assert.deepEqual(new Uint8Array(first?.body ?? []), body);
  assert.equal(first?.headers["content-type"], "image/png");
  assert.equal(first?.headers["idempotency-key"], undefined);
  assert.equal(second?.headers["content-type"], undefined);
});

test("errors have their class, text stays text, and what should be JSON must be", async (t) => {
  const server = await serve(t, ({ url }, response) => {
    if (url === "/text") response.writeHead(200, { "Content-Type": "text/plain" }).end("{");
    else if (url === "/bad") response.writeHead(200, { "Content-Type": "a/b+json" }).end("<p>");
    else json(response, 418, { name: "teapot" });
  });
  const core = coreOf(server);
  const call = (path: string): Promise<unknown> =>
    Promise.resolve(request(core, { method: "GET", path }));
  assert.equal(await call("/text"), "{");
  await assert.rejects(call("/bad"), DecodeError);
  await assert.rejects(call("/teapot"), TeapotError);
});

test("a path can not lead the token to another host", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 200, {}));
  const core = coreOf(server);
  for (const path of ["@evil.example/", "https://evil.example/", "", "/a?b=c", "/a#b"]) {
    const refused = Promise.resolve(request(core, { method: "GET", path }));
    await assert.rejects(refused, ConfigurationError);
  }
  await request(core, { method: "GET", path: "//evil.example/x" });
  assert.equal(server.received.length, 1);
});
