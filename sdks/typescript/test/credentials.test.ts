import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { Core } from "../src/runtime/core.js";
import { ConfigurationError, ConnectionError, TimeoutError } from "../src/runtime/errors.js";
import type { Operation } from "../src/runtime/operation.js";
import { send } from "../src/runtime/send.js";
import { coreOf, json, serve, settings } from "./server.js";
import { get, type Thing } from "./things.js";

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
