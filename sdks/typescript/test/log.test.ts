import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import type { Logger, Verbosity } from "../src/runtime/log.js";
import type { Operation } from "../src/runtime/operation.js";
import { send } from "../src/runtime/send.js";
import { coreOf, json, serve } from "./server.js";
import { create, get, type Thing } from "./things.js";

/** A logger that keeps what it is told, and as which level. */
function keeper(): { readonly logger: Logger; readonly lines: [string, string][] } {
  const lines: [string, string][] = [];
  const keep =
    (level: string) =>
    (...said: unknown[]): void => {
      lines.push([level, inspect(said, { depth: 9 })]);
    };
  const [debug, info, warn, error] = ["debug", "info", "warn", "error"].map(keep) as [
    Logger["debug"],
    Logger["info"],
    Logger["warn"],
    Logger["error"],
  ];
  return { logger: { debug, info, warn, error }, lines };
}

test("tries are logged with their facts, and no token, key, query or body", async (t) => {
  const server = await serve(t, (_request, response, count) =>
    json(
      response,
      count === 1 ? 503 : 201,
      { id: "in-the-body" },
      {
        "Retry-After": "0",
        "Set-Cookie": "session=in-a-cookie",
        "x-receipt": "rcp_7",
        Location: "https://a.example/b?token=in-the-location",
      },
    ),
  );
  const { logger, lines } = keeper();
  const core = coreOf(server, { logger, logLevel: "debug" });
  const options = {
    idempotencyKey: "in-a-key",
    query: { token: "in-the-query" },
    headers: { "X-Api-Key": "in-a-header", Cookie: "a=in-my-cookie" },
  };
  await send(core, create, { params: { note: "in-my-body" } }, options);
  assert.deepEqual(
    lines.map(([level]) => level),
    ["debug", "info", "debug"],
  );
  const [first = "", wait = "", second = ""] = lines.map(([, line]) => line);
  assert.match(first, /POST http:\/\/127\.0\.0\.1:\d+\/things: 503 after \d+ ms/);
  assert.match(first, /createThing.*attempt: 1.*rcp_7.*authorization: '\*\*\*'/s);
  assert.match(wait, /createThing: try 2 in 0 ms/);
  assert.match(second, /: 201 after.*'content-type': 'application\/json'/s);
  const all = lines.join("\n");
  for (const secret of ["sk_test_secret", "in-"]) assert.ok(!all.includes(secret), all);
});

test("a header that carries the API's credential is not shown, whatever it is called", async (t) => {
  const server = await serve(t, (_request, response) => json(response, 200, { id: "a" }));
  const { logger, lines } = keeper();
  const own = coreOf(server, { logger, logLevel: "debug" });
  const schemes = { it: { type: "apiKey", in: "header", name: "X-Pass" } } as const;
  const { Core } = await import("../src/runtime/core.js");
  const { settings } = await import("./server.js");
  const core = new Core(
    { ...settings, schemes, security: [["it"]] },
    { baseURL: own.config.baseURL, apiKey: "hidden-pass", logger, logLevel: "debug" },
  );
  await send(core, get, { path: ["a"] });
  assert.equal(server.received[0]?.headers["x-pass"], "hidden-pass");
  assert.ok(lines.join().includes("'x-pass': '***'"));
});

test("a level leaves out what is below it, and nothing is logged by default", async (t) => {
  const server = await serve(t, (_request, response, count) =>
    json(response, count % 2 ? 503 : 200, { id: "a" }, { "Retry-After": "0" }),
  );
  const levels: [Verbosity | undefined, string][] = [
    ["debug", "debug,info,debug"],
    ["info", "info"],
    ["warn", ""],
    [undefined, ""],
    ["off", ""],
  ];
  for (const [logLevel, expected] of levels) {
    const { logger, lines } = keeper();
    const core = coreOf(server, { logger, logLevel });
    await send(core, get as Operation<Thing>, { path: ["a"] });
    assert.equal(lines.map(([level]) => level).join(), expected);
  }
  process.env["SDK_TEST_LOG"] = "info";
  t.after(() => delete process.env["SDK_TEST_LOG"]);
  const { logger, lines } = keeper();
  await send(coreOf(server, { logger }), get, { path: ["a"] });
  assert.equal(lines.length, 1);
});
