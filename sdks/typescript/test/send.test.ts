import assert from "node:assert/strict";
import { test } from "node:test";
import { Core } from "../src/runtime/core.js";
import { readDownload } from "../src/runtime/download.js";
import { APIError, DecodeError } from "../src/runtime/errors.js";
import { losslessJSONBody, readLosslessJSON } from "../src/runtime/lossless-json.js";
import type { Operation } from "../src/runtime/operation.js";
import type { ClientOptions } from "../src/runtime/options.js";
import { readNothing, readText } from "../src/runtime/read.js";
import { send, sendStreamed } from "../src/runtime/send.js";
import { coreOf, json, serve, settings, TeapotError } from "./server.js";
import { create, get, uuid } from "./things.js";

test("a call sends its token, its path and nothing it was not told", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 200, { id: "a" }));
  assert.deepEqual(await send(coreOf(server), get, { path: ["a b"] }), { id: "a" });
  const [request] = server.received;
  assert.equal(request?.url, "/things/a%20b");
  assert.equal(request?.headers.authorization, "Bearer sk_test_secret");
  assert.equal(request?.headers["user-agent"], "sdk-test/1.0.0");
  assert.equal(request?.headers["content-type"], undefined);
  assert.equal(request?.headers["idempotency-key"], undefined);
});

test("an operation's own server gets its calls unless the caller gave a URL", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 200, { id: "a" }));
  const documented = {
    ...settings,
    servers: [{ name: "production", url: `${server.url}/v1` }],
  };
  const ask = async (own: string, options: ClientOptions = {}) => {
    const core = new Core(documented, { apiKey: "sk_test_secret", ...options });
    await send(core, { ...get, server: own }, { path: ["a"] });
    return server.received.at(-1)?.url;
  };
  assert.equal(await ask(`${server.url}/uploads/`), "/uploads/things/a");
  assert.equal(await ask("/v2/"), "/v2/things/a");
  assert.equal(await ask("beta/"), "/v1/beta/things/a");
  const mine = { baseURL: `${server.url}/mine/` };
  assert.equal(await ask("https://upload.example.com/", mine), "/mine/things/a");
});

test("parameters go where the operation says, and the rest is the body", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 201, { id: "a" }));
  const params = { dry_run: true, "If-Match": "x", name: "n", note: undefined, none: null };
  await send(
    coreOf(server),
    create,
    { params },
    {
      headers: { "X-Extra": "1", "User-Agent": null },
      query: { trace: ["a", "b"] },
      body: { more: 1 },
    },
  );
  const [request] = server.received;
  assert.equal(request?.url, "/things?dry_run=true&trace=a&trace=b");
  assert.equal(request?.headers["if-match"], "x");
  assert.equal(request?.headers["x-extra"], "1");
  assert.match(String(request?.headers["idempotency-key"]), uuid);
  assert.deepEqual(JSON.parse(String(request?.body)), { name: "n", none: null, more: 1 });
});

test("an optional body that is empty is not sent, a required one is", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 200, { id: "a" }));
  await send(coreOf(server), { ...create, bodyRequired: false }, { params: { name: undefined } });
  await send(coreOf(server), create);
  assert.deepEqual(
    server.received.map(({ body, headers }) => [String(body), headers["content-type"]]),
    [
      ["", undefined],
      ["{}", "application/json"],
    ],
  );
});

test("withResponse gives the facts of the answer, and sends once", async (t) => {
  const server = await serve(t, (_request, response) =>
    json(
      response,
      201,
      { id: "a" },
      {
        "x-receipt": "rcp_1",
        "X-RateLimit-Remaining": "41",
        "X-RateLimit-Reset": "1800000000",
        "Idempotent-Replayed": "true",
      },
    ),
  );
  const result = send(coreOf(server), create, {}, { idempotencyKey: "mine" });
  const full = await result.withResponse();
  assert.deepEqual(full.data, await result);
  assert.equal(server.received.length, 1);
  assert.equal(full.status, 201);
  assert.equal(full.receipt, "rcp_1");
  assert.deepEqual(full.rateLimit, { remaining: 41, resetAt: new Date(1_800_000_000_000) });
  assert.equal(full.idempotencyKey, "mine");
  assert.equal(full.replayed, true);
  assert.equal(full.response.headers.get("x-receipt"), "rcp_1");
});

test("an error has the class of its name, then of its status, and all it came with", async (t) => {
  const body = { code: 418, name: "teapot", message: "short and stout", details: [{ a: 1 }] };
  const server = await serve(t, (request, response) =>
    json(response, Number(request.url.split("/").pop()), body, { "x-receipt": "rcp_2" }),
  );
  for (const status of ["418", "409"]) {
    const error = await send(coreOf(server), get, { path: [status] }).catch((e: unknown) => e);
    assert.ok(error instanceof TeapotError);
    assert.equal(error.name, "TeapotError");
    assert.equal(error.message, "short and stout");
    assert.equal(error.status, Number(status));
    assert.equal(error.code, 418);
    assert.equal(error.errorName, "teapot");
    assert.equal(error.receipt, "rcp_2");
    assert.deepEqual(error.details, [{ a: 1 }]);
  }
});

test("an error without a body, or with a page of HTML, still is one", async (t) => {
  const server = await serve(t, (request, response) => {
    response.writeHead(410).end(request.url.endsWith("html") ? "<h1>Gone</h1>" : "");
  });
  const failing = async (id: string): Promise<APIError> => {
    const error = await send(coreOf(server), get, { path: [id] }).catch((e: unknown) => e);
    assert.ok(error instanceof APIError);
    return error;
  };
  assert.equal((await failing("html")).body, "<h1>Gone</h1>");
  assert.equal((await failing("html")).message, "The server answered 410");
  assert.equal((await failing("x")).body, undefined);
});

test("a success that is not JSON is a DecodeError with the body, and is not tried again", async (t) => {
  const server = await serve(t, (_request, response) => {
    response.writeHead(200, { "x-receipt": "rcp_3" }).end("<html>");
  });
  const error = await send(coreOf(server), get, { path: ["a"] }).catch((e: unknown) => e);
  assert.ok(error instanceof DecodeError);
  assert.equal(error.body, "<html>");
  assert.equal(error.receipt, "rcp_3");
  assert.equal(server.received.length, 1);
});

test("text, nothing, downloads and long integers are read as what they are", async (t) => {
  const server = await serve(t, (request, response) => {
    if (request.url.endsWith("text")) response.writeHead(200).end("diff --git");
    else if (request.url.endsWith("none")) response.writeHead(204).end();
    else if (request.url.endsWith("bytes")) {
      response.writeHead(200, { "Content-Type": "application/gzip", "Content-Length": "4" });
      response.end(Buffer.from([0, 1, 254, 255]));
    } else response.writeHead(200).end('{"n":9007199254740993}');
  });
  const core = coreOf(server);
  assert.equal(await send(core, { ...get, read: readText }, { path: ["text"] }), "diff --git");
  assert.equal(await send(core, { ...get, read: readNothing }, { path: ["none"] }), undefined);
  const lossless: Operation<{ n: bigint }> = { ...get, read: readLosslessJSON };
  assert.deepEqual(await send(core, lossless, { path: ["n"] }), { n: 9007199254740993n });
  const download = { ...get, read: readDownload };
  const whole = await sendStreamed(core, download, { path: ["bytes"] });
  assert.equal(whole.contentType, "application/gzip");
  assert.equal(whole.contentLength, 4);
  assert.deepEqual(await whole.bytes(), new Uint8Array([0, 1, 254, 255]));
  const pieces: number[] = [];
  for await (const piece of await sendStreamed(core, download, { path: ["bytes"] })) {
    pieces.push(...piece);
  }
  assert.deepEqual(pieces, [0, 1, 254, 255]);
  await send(core, { ...create, body: losslessJSONBody }, { params: { n: 9007199254740993n } });
  assert.equal(String(server.received.at(-1)?.body), '{"n":9007199254740993}');
});
