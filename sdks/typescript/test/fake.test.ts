/** The fake that the package gives to its users' tests. */

import assert from "node:assert/strict";
import { test } from "node:test";
import Exai, {
  ConnectionError,
  NotFoundError,
  type Plan,
  type Run,
  type RunEvent,
} from "../src/index.js";
import { breakdown, FakeExai, type FakeExaiAnswers, failure } from "../src/testing.js";
import { type Json, readDocument } from "./document.js";
import { call, casesOf } from "./examples.js";

const document = readDocument();
const cases = [...casesOf(document)];

/** The example of an operation's answer, as its type. */
function example<Id extends keyof FakeExaiAnswers>(id: Id): FakeExaiAnswers[Id] {
  const found: Json | undefined = cases.find((item) => item.id === id)?.response.example;
  return found as unknown as FakeExaiAnswers[Id];
}

test("every operation that answers with JSON gives what the fake was told", async () => {
  let count = 0;
  for (const item of cases.filter(({ response }) => response.type === "application/json")) {
    const fake = new FakeExai();
    const id = item.id as keyof FakeExaiAnswers;
    fake.answer(id, example(id) as never);
    const made = call(fake.client(), item, document) as { page?: () => Promise<{ body: unknown }> };
    const given = made.page === undefined ? await (made as unknown) : (await made.page()).body;
    assert.deepEqual(given, item.response.example);
    assert.deepEqual(
      fake.calls.map(({ operation }) => operation),
      [id],
    );
    count += 1;
  }
  assert.ok(count > 100);
});

test("an answer of the wrong type does not compile", () => {
  const fake = new FakeExai();
  const plan = { name: "p" } as Plan;
  // @ts-expect-error: a run is no plan
  fake.answer("getRun", plan);
  // @ts-expect-error: there is no such operation
  fake.answer("getRunn", {});
  // @ts-expect-error: an answer is needed
  fake.answer("getRun");
  // @ts-expect-error: the events are of another stream
  fake.answer("streamRunEvents", [{ type: "build.completed" }]);
  // @ts-expect-error: a function must give what the operation answers with
  fake.answer("getRun", () => plan);
});

test("pages are cut from items, by the call's limit or the fake's", async () => {
  const fake = new FakeExai({ pageSize: 2 });
  const plans = ["a", "b", "c", "d", "e"].map((id) => ({ ...example("getPlan"), id }));
  fake.answer("listPlans", plans);
  const exai = fake.client();
  const seen: Plan[] = [];
  for await (const plan of exai.plans.list()) seen.push(plan);
  assert.deepEqual(seen, plans);
  assert.deepEqual(
    fake.callsOf("listPlans").map(({ query }) => query.get("cursor")),
    [null, "2", "4"],
  );
  assert.equal((await exai.plans.list({ limit: 4 }).page()).items.length, 4);
});

test("a wait follows the stream and reads the result", async () => {
  const fake = new FakeExai();
  const run: Run = { ...example("getRun"), status: "succeeded" };
  const events = [{ type: "run.completed", run_id: run.id }] as RunEvent[];
  fake.answer("startRun", run).answer("streamRunEvents", events).answer("getRun", run);
  const done = await fake.client().runs.startAndWait({ plan_id: "pln_1" });
  assert.equal(done.status, "succeeded");
  assert.deepEqual(
    fake.calls.map(({ operation, path, body }) => [operation, path, body]),
    [
      ["startRun", {}, { plan_id: "pln_1" }],
      ["streamRunEvents", { run_id: run.id }, undefined],
      ["getRun", { run_id: run.id }, undefined],
    ],
  );
});

test("a script of failures is worked off, with the client's own retries", async () => {
  const fake = new FakeExai();
  const run = example("getRun");
  const busy = failure(Exai.RateLimitedError, { headers: { "Retry-After": "0" } });
  fake.answer("getRun", breakdown(), busy, ({ path }) => ({ ...run, id: path["run_id"] ?? "" }));
  assert.equal((await fake.client().runs.get("run_7")).id, "run_7");
  assert.equal(fake.calls.length, 3);
  const missing = failure(NotFoundError, { message: "no such run", receipt: "rcp_1" });
  fake.answer("getRun", missing);
  await assert.rejects(Promise.resolve(fake.client().runs.get("x")), (error) => {
    assert.ok(error instanceof NotFoundError);
    assert.deepEqual([error.message, error.receipt, error.status], ["no such run", "rcp_1", 404]);
    return true;
  });
  fake.answer("getRun", breakdown());
  const broken = fake.client({ maxRetries: 0 }).runs.get("x");
  await assert.rejects(Promise.resolve(broken), ConnectionError);
});

test("a call that the fake was not told of fails and names its operation", async () => {
  const fake = new FakeExai();
  const exai = fake.client();
  await assert.rejects(Promise.resolve(exai.runs.get("x")), /getRun/);
  assert.equal(fake.calls.length, 1);
  const unknown = exai.request({ method: "GET", path: "/new" });
  await assert.rejects(Promise.resolve(unknown), /GET \/new/);
});

test("bytes, lines and nothing are what they are", async () => {
  const fake = new FakeExai();
  fake.answer("downloadWorkspaceFile", new Uint8Array([0, 255]));
  fake.answer("deletePlan", undefined);
  const exai = fake.client();
  const file = await exai.workspaces.files.download("wsp_1", { path: "a b" });
  assert.deepEqual(await file.bytes(), new Uint8Array([0, 255]));
  assert.equal(await exai.plans.delete("pln_1"), undefined);
  assert.equal(fake.callsOf("downloadWorkspaceFile")[0]?.query.get("path"), "a b");
});
