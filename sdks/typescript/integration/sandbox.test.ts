/** Every kind of operation against a server that keeps state: the one that `EXAI_BASE_URL` names. */

import assert from "node:assert/strict";
import { test } from "node:test";
import Exai, { type Plan, type Workspace } from "@exai/sdk";

const exai = new Exai();

/** A name that no other run of the tests has used. */
const unique = (prefix: string): string => `${prefix}-${crypto.randomUUID()}`;

const pause = {
  type: "wait",
  key: "pause",
  until: { type: "duration", duration: "PT0S" },
} as const;

const newPlan = (): Promise<Plan> => exai.plans.create({ name: unique("plan"), nodes: [pause] });

async function newWorkspace(): Promise<Workspace> {
  const body = { name: unique("workspace") };
  const workspace = await exai.workspaces.createAndWait(body, { timeout: 60_000 });
  assert.equal(workspace.status, "running");
  return workspace;
}

test("a write is read with its metadata", async () => {
  const plan = await newPlan();
  const { data, receipt, rateLimit } = await exai.plans.get(plan.id).withResponse();
  assert.deepEqual(data.nodes, [pause]);
  assert.match(receipt ?? "", /^rcp_/);
  assert.ok(rateLimit && rateLimit.remaining >= 0);
  assert.equal((await exai.audit.receipts.get(receipt ?? "")).id, receipt);
});

test("null clears and absent leaves", async () => {
  const described = { name: unique("plan"), description: "to be cleared", nodes: [pause] };
  const plan = await exai.plans.create(described);
  const renamed = await exai.plans.update(plan.id, { name: "renamed" });
  assert.deepEqual([renamed.name, renamed.description], ["renamed", "to be cleared"]);
  const cleared = await exai.plans.update(plan.id, { description: null });
  assert.deepEqual([cleared.name, cleared.description], ["renamed", null]);
  await exai.plans.delete(plan.id);
  await assert.rejects(Promise.resolve(exai.plans.get(plan.id)), (error) => {
    assert.ok(error instanceof Exai.NotFoundError);
    assert.equal(error.errorName, "not_found");
    assert.ok(error.receipt);
    return true;
  });
});

test("pages hold every item once", async () => {
  const made: Plan[] = [];
  for (let count = 0; count < 5; count += 1) made.push(await newPlan());
  const seen: string[] = [];
  for await (const plan of exai.plans.list({ limit: 2 })) seen.push(plan.id);
  for (const plan of made) assert.equal(seen.filter((id) => id === plan.id).length, 1);
  const page = await exai.plans.list({ limit: 2 }).page();
  assert.deepEqual([page.items.length, page.hasNext], [2, true]);
});

test("a run is followed to its end", async () => {
  const plan = await newPlan();
  const run = await exai.runs.start({ plan_id: plan.id });
  const types: string[] = [];
  for await (const event of exai.runs.events(run.id)) {
    types.push(event.type);
    if (event.type === "run.completed") assert.equal(event.run_id, run.id);
  }
  assert.equal(types.at(-1), "run.completed");
  const done = await exai.runs.startAndWait({ plan_id: plan.id }, { timeout: 60_000 });
  assert.equal(done.status, "succeeded");
});

test("a wait is taken up again from its token", async () => {
  const node = { ...pause, until: { type: "duration", duration: "PT10S" } } as const;
  const plan = await exai.plans.create({ name: unique("plan"), nodes: [node] });
  const stop = new AbortController();
  const options = { onWaiting: () => stop.abort(), signal: stop.signal };
  const stopped = await exai.runs.startAndWait({ plan_id: plan.id }, options).catch((e) => e);
  assert.ok(stopped instanceof Exai.AbortError, String(stopped));
  const done = await new Exai().runs.startAndWaitFrom(stopped.waitToken ?? "", { timeout: 60_000 });
  assert.equal(done.status, "succeeded");
  assert.equal(done.plan_id, plan.id);
});

test("requests that no method is made for are made", async () => {
  const body = { name: unique("plan"), nodes: [pause] };
  const made = await exai.request<Plan>({ method: "POST", path: "/plans", body }).withResponse();
  assert.match(made.receipt ?? "", /^rcp_/);
  const found = await exai.request<Plan>({ method: "GET", path: `/plans/${made.data.id}` });
  assert.equal(found.name, body.name);
});

test("the same key runs once", async () => {
  const idempotencyKey = unique("key");
  const create = (name: string) => exai.plans.create({ name, nodes: [pause] }, { idempotencyKey });
  const first = await create("one");
  const again = await create("one").withResponse();
  assert.deepEqual(again.data, first);
  assert.equal(again.response.headers.get("idempotent-replayed"), "true");
  await assert.rejects(Promise.resolve(create("two")), (error) => {
    assert.ok(error instanceof Exai.ConflictError);
    assert.equal(error.idempotencyKey, idempotencyKey);
    return true;
  });
});

test("files go up and down as bytes", async () => {
  const workspace = await newWorkspace();
  const content = new Uint8Array(1 << 18).map((_, index) => index * 7);
  const path = "data/a b.bin";
  const file = await exai.workspaces.files.upload(workspace.id, content, { path });
  assert.equal(file.size_bytes, content.length);
  const download = await exai.workspaces.files.download(workspace.id, { path });
  assert.deepEqual(await download.bytes(), content);
});

test("a command is streamed from a write", async () => {
  const workspace = await newWorkspace();
  let output = "";
  let code: number | null | undefined;
  for await (const event of exai.workspaces.exec(workspace.id, { command: ["echo", "hello"] })) {
    if (event.type === "exec.output") output += atob(event.data);
    if (event.type === "exec.exited") code = event.exit_code;
  }
  assert.deepEqual([output, code], ["hello\n", 0]);
});

test("unions are sent and received", async () => {
  const url = "https://siem.example.com/in";
  const body = { name: unique("stream"), sink: { type: "https", url } } as const;
  const stream = await exai.audit.streams.create(body);
  assert.ok(stream.sink.type === "https" && stream.sink.url === url);
  await exai.audit.streams.delete(stream.id);
});

test("an export is read line by line", async () => {
  await newPlan();
  const hour = 3_600_000;
  const range = {
    since: new Date(Date.now() - hour).toISOString(),
    until: new Date().toISOString(),
  };
  const done = await exai.audit.exports.createAndWait(range, { timeout: 60_000 });
  assert.equal(done.status, "succeeded");
  let count = 0;
  for await (const event of exai.audit.exports.download(done.id)) {
    assert.match(event.id, /^evt_/);
    count += 1;
  }
  assert.ok(count > 0);
});

test("a patch is text", async () => {
  const workspace = await newWorkspace();
  const body = { workspace_id: workspace.id, prompt: "Add a README" };
  const plan = await exai.composer.planAndWait(body, { timeout: 60_000 });
  assert.match(await exai.composer.plans.patch(plan.id), /@@/);
});

test("an asset is uploaded as a form", async () => {
  const file = new File(["not really an image"], "logo.png", { type: "image/png" });
  const asset = await exai.builder.assets.upload({ file, purpose: "reference" });
  assert.match(asset.id, /^ast_/);
});

test("a token that is none is refused and not shown", async () => {
  const wrong = new Exai({ apiKey: "sk_test_wrong" });
  await assert.rejects(Promise.resolve(wrong.runs.get("run_x")), (error) => {
    assert.ok(error instanceof Exai.UnauthorizedError);
    assert.ok(!`${error} ${JSON.stringify(error)}`.includes("sk_test_wrong"));
    return true;
  });
});

test("an invalid request says where", async () => {
  const body = { plan_id: "pln_x", surprise: true };
  await assert.rejects(Promise.resolve(exai.runs.start(body)), (error) => {
    assert.ok(error instanceof Exai.InvalidRequestError);
    assert.ok(error.details?.length);
    return true;
  });
});
