import assert from "node:assert/strict";
import { test } from "node:test";
import { APIError, TimeoutError } from "../src/runtime/errors.js";
import { send } from "../src/runtime/send.js";
import { coreOf, json, serve } from "./server.js";
import { get } from "./things.js";

const limited = (remaining: number, seconds: number): Record<string, string> => ({
  "X-RateLimit-Remaining": String(remaining),
  "X-RateLimit-Reset": String(Math.ceil(Date.now() / 1000 + seconds)),
});

/** When each of some calls reached the server, in milliseconds after the first. */
async function arrivals(
  t: Parameters<typeof serve>[0],
  remaining: number,
  seconds: number,
  governor: boolean,
): Promise<number[]> {
  const times: number[] = [];
  const server = await serve(t, (_request, response) => {
    times.push(performance.now());
    json(response, 200, { id: "a" }, limited(remaining, seconds));
  });
  const core = coreOf(server, { governor });
  await send(core, get, { path: ["first"] });
  await Promise.all(["a", "b", "c"].map((id) => send(core, get, { path: [id] })));
  return times.slice(1).map((time) => time - (times[0] ?? 0));
}

test("near the end of the allowance, concurrent calls are spaced", async (t) => {
  const spaced = await arrivals(t, 9, 2, true);
  // Two to three seconds over ten turns: each at least 0.1 s behind the one before.
  const gaps = spaced.map((time, index) => time - (spaced[index - 1] ?? 0));
  for (const gap of gaps) assert.ok(gap > 90 && gap < 1_000, `${gaps}`);
});

test("while there is plenty, and without a governor, calls go at once", async (t) => {
  for (const [remaining, governor] of [
    [100, true],
    [1, false],
  ] as const) {
    // Spaced, each would be a second behind the one before.
    const times = await arrivals(t, remaining, 60, governor);
    assert.ok(Math.max(...times) < 1_000, `${times}`);
  }
});

test("after a 429 no call of the client is sent before the time that it names", async (t) => {
  const times: number[] = [];
  const server = await serve(t, (_request, response, count) => {
    times.push(performance.now());
    if (count === 1) json(response, 429, {}, { "Retry-After": "1" });
    else json(response, 200, { id: "a" });
  });
  const core = coreOf(server, { governor: true, maxRetries: 0 });
  const failing = send(core, get, { path: ["a"] });
  await assert.rejects(Promise.resolve(failing), APIError);
  await Promise.all(["b", "c"].map((id) => send(core, get, { path: [id] })));
  for (const time of times.slice(1)) assert.ok(time - (times[0] ?? 0) >= 999, `${times}`);
});

test("a turn that does not fit into the call's time fails now, with the wait", async (t) => {
  const server = await serve(t, (_request, response) =>
    json(response, 429, {}, { "Retry-After": "30" }),
  );
  const core = coreOf(server, { governor: true, maxRetries: 0, timeout: 5_000 });
  const call = (): Promise<unknown> =>
    send(core, get, { path: ["a"] }).catch((error: unknown) => error);
  assert.ok((await call()) instanceof APIError);
  const began = performance.now();
  const late = await call();
  assert.ok(late instanceof TimeoutError);
  assert.ok((late.retryAfter ?? 0) > 29 && (late.retryAfter ?? 0) <= 30);
  assert.ok(performance.now() - began < 10_000);
  assert.equal(server.received.length, 1);
});

test("a caller's signal ends the wait for a turn at once", async (t) => {
  const server = await serve(t, (_request, response) =>
    json(response, 200, { id: "a" }, limited(0, 60)),
  );
  const core = coreOf(server, { governor: true });
  await send(core, get, { path: ["a"] });
  const signal = AbortSignal.timeout(50);
  const began = performance.now();
  const stopped = send(core, get, { path: ["b"] }, { signal });
  await assert.rejects(Promise.resolve(stopped), { name: "AbortError" });
  assert.ok(performance.now() - began < 10_000);
  assert.equal(server.received.length, 1);
});
