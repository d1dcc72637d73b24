import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { jsonBody, rawBody } from "../src/runtime/body.js";
import { Core } from "../src/runtime/core.js";
import { readDownload } from "../src/runtime/download.js";
import {
  AbortError,
  APIError,
  ConfigurationError,
  ConnectionError,
  DecodeError,
  TimeoutError,
} from "../src/runtime/errors.js";
import { headerSimple } from "../src/runtime/header-styles.js";
import { losslessJSONBody, readLosslessJSON } from "../src/runtime/lossless-json.js";
import type { Operation } from "../src/runtime/operation.js";
import { form } from "../src/runtime/query.js";
import { readJSON, readNothing, readText } from "../src/runtime/read.js";
import { send, sendStreamed } from "../src/runtime/send.js";
import { coreOf, json, serve, settings, TeapotError } from "./server.js";

interface Thing {
  readonly id: string;
}

const get: Operation<Thing> = {
  id: "getThing",
  method: "GET",
  path: "/things/{id}",
  accept: "application/json",
  read: readJSON,
};
const create: Operation<Thing> = {
  id: "createThing",
  method: "POST",
  path: "/things",
  query: { dry_run: form },
  headers: { "If-Match": headerSimple },
  body: jsonBody,
  bodyRequired: true,
  accept: "application/json",
  idempotencyKey: "Idempotency-Key",
  read: readJSON,
};
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

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

test("503 is tried again with the same key, and Retry-After is waited for", async (t) => {
  const server = await serve(t, (_request, response, count) =>
    count === 1
      ? json(response, 503, {}, { "Retry-After": "1" })
      : json(response, 201, { id: "a" }),
  );
  const started = Date.now();
  await send(coreOf(server), create, { params: { name: "n" } });
  const waited = Date.now() - started;
  assert.ok(waited >= 990 && waited < 1600, `${waited}`);
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
  assert.ok(Date.now() - started < 1_000);
});

test("the timeout bounds the whole call, and the error carries the key", async (t) => {
  const server = await serve(t, () => undefined);
  const started = Date.now();
  const error = await send(coreOf(server), create, {}, { timeout: 150 }).catch((e: unknown) => e);
  assert.ok(error instanceof TimeoutError);
  assert.ok(error instanceof ConnectionError);
  assert.match(String(error.idempotencyKey), uuid);
  assert.ok(Date.now() - started < 1_000);
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
    assert.ok(Date.now() - started < 1_000);
  }
  const aborted = send(coreOf(server), get, { path: ["x"] }, { signal: AbortSignal.abort() });
  await assert.rejects(async () => aborted, AbortError);
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

test("a token is asked for on every try", async (t) => {
  const server = await serve(t, (_request, response, count) =>
    json(response, count === 1 ? 500 : 200, { id: "a" }),
  );
  let asked = 0;
  const apiKey = (): Promise<string> => Promise.resolve(`token-${++asked}`);
  await send(coreOf(server, { apiKey }), get, { path: ["a"] });
  assert.deepEqual(
    server.received.map(({ headers }) => headers.authorization),
    ["Bearer token-1", "Bearer token-2"],
  );
});

test("a token that does not come is under the timeout, and one that fails is the caller's", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 200, { id: "a" }));
  const slow = coreOf(server, { apiKey: () => new Promise<string>(() => undefined), timeout: 100 });
  await assert.rejects(async () => send(slow, get, { path: ["a"] }), TimeoutError);
  const broken = coreOf(server, { apiKey: () => Promise.reject(new RangeError("no vault")) });
  await assert.rejects(async () => send(broken, get, { path: ["a"] }), RangeError);
  assert.equal(server.received.length, 0);
});

test("an operation's own server is used, unless the caller says where the API is", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 200, { id: "a" }));
  const own: Operation<Thing> = { ...get, server: "../v2/" };
  const servers = [{ name: "main", url: `${server.url}/v1` }];
  await send(new Core({ ...settings, servers }, { apiKey: "k" }), own, { path: ["a"] });
  await send(coreOf(server), own, { path: ["a"] });
  await send(
    new Core(settings, { apiKey: "k" }),
    { ...get, server: `${server.url}/v3/` },
    { path: ["a"] },
  );
  assert.deepEqual(
    server.received.map(({ url }) => url),
    ["/v2/things/a", "/things/a", "/v3/things/a"],
  );
});

test("a redirect to another origin does not carry the token", async (t) => {
  const other = await serve(t, (_request, response) => json(response, 200, { id: "b" }));
  const server = await serve(t, (_request, response) => {
    response.writeHead(302, { Location: `${other.url}/things/b` }).end();
  });
  assert.deepEqual(await send(coreOf(server), get, { path: ["a"] }), { id: "b" });
  assert.equal(other.received[0]?.headers.authorization, undefined);

  const schemes = { token: { type: "apiKey", in: "header", name: "X-Key" } } as const;
  const keyed = new Core(
    { ...settings, schemes },
    { baseURL: server.url, apiKey: "k", maxRetries: 0 },
  );
  await assert.rejects(async () => send(keyed, get, { path: ["a"] }), ConnectionError);
  assert.equal(server.received.at(-1)?.headers["x-key"], "k");
  assert.equal(other.received.length, 1);
});

test("every kind of credential is written where its scheme says", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 200, { id: "a" }));
  const core = new Core(
    {
      ...settings,
      schemes: {
        login: { type: "basic" },
        query: { type: "apiKey", in: "query", name: "api key" },
        cookie: { type: "apiKey", in: "cookie", name: "session" },
      },
      security: [["missing"], ["login", "query", "cookie"]],
    },
    {
      baseURL: server.url,
      credentials: { login: { username: "ü", password: "p:w" }, query: "a&b", cookie: "c;d" },
    },
  );
  await send(core, get, { path: ["a"] });
  const [request] = server.received;
  assert.equal(request?.headers.authorization, `Basic ${Buffer.from("ü:p:w").toString("base64")}`);
  assert.equal(request?.url, "/things/a?api%20key=a%26b");
  assert.equal(request?.headers.cookie, "session=c%3Bd");
});

test("no credentials: a protected operation fails before it is sent, an open one is sent", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 200, { id: "a" }));
  const core = coreOf(server, { apiKey: undefined });
  await assert.rejects(async () => send(core, get, { path: ["a"] }), ConfigurationError);
  assert.equal(server.received.length, 0);
  await send(core, { ...get, security: [] }, { path: ["a"] });
  await send(core, { ...get, security: [["token"], []] }, { path: ["a"] });
  assert.equal(server.received.length, 2);
});

test("no error and no printed client shows a token", async (t) => {
  const server = await serve(t, (_request, response) => {
    response.destroy();
  });
  const secret = "sk_test_secret";
  const core = coreOf(server, { maxRetries: 0, headers: { "X-Other": `also ${secret}` } });
  const failed = await send(core, get, { path: ["a"] }).catch((e: unknown) => e);
  const bad = coreOf(server, { apiKey: `${secret}\nX-Evil: 1` });
  const refused = await send(bad, get, { path: ["a"] }).catch((e: unknown) => e);
  assert.ok(refused instanceof ConfigurationError);
  for (const value of [core, bad, failed, refused]) {
    const shown = inspect(value, { depth: 20, showHidden: true, getters: false });
    assert.ok(!shown.includes(secret), shown);
    assert.ok(!String(value).includes(secret));
    assert.ok(!JSON.stringify(value).includes(secret));
  }
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

test("the environment gives a token and a base URL, and options win", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 200, { id: "a" }));
  process.env["SDK_TEST_API_KEY"] = "from-env\n";
  process.env["SDK_TEST_BASE_URL"] = `${server.url}/base/`;
  t.after(() => {
    delete process.env["SDK_TEST_API_KEY"];
    delete process.env["SDK_TEST_BASE_URL"];
  });
  await send(new Core(settings), get, { path: ["a"] });
  assert.equal(server.received[0]?.url, "/base/things/a");
  assert.equal(server.received[0]?.headers.authorization, "Bearer from-env");
  const base = (options: object): string => new Core(settings, options).config.baseURL;
  assert.equal(base({ environment: "staging" }), "https://api.staging.example.com/v1");
  assert.equal(base({ variables: { tenant: "acme" } }), "https://api.acme.example.com/v1");
  assert.equal(base({ variables: { tenant: undefined } }), `${server.url}/base`);
});

test("a server that can not be used is refused when the client is made", () => {
  for (const options of [
    { environment: "nowhere" },
    { variables: { tenant: "evil.example/" } },
    { variables: { tenant: "x@evil" } },
    { variables: { tenant: "" } },
    { variables: { region: "eu" } },
    { baseURL: "/v1" },
    { baseURL: "ftp://example.com" },
    { baseURL: "https://user:pw@example.com" },
    { baseURL: "https://example.com?x=1" },
  ]) {
    assert.throws(() => new Core(settings, options), ConfigurationError, JSON.stringify(options));
  }
});
