// What every runtime is asked to do with the package, against a server that keeps state.

/** Makes calls of each kind, and gives what came of them as one line; it throws where one fails. */
export async function smoke({ default: Exai, WebhookVerificationError }, options) {
  const exai = new Exai(options);
  const node = { type: "wait", key: "pause", until: { type: "duration", duration: "PT0S" } };
  const plan = await exai.plans.create({ name: `smoke-${crypto.randomUUID()}`, nodes: [node] });

  const tokens = [];
  const onWaiting = (token) => tokens.push(token);
  const run = await exai.runs.startAndWait({ plan_id: plan.id }, { timeout: 30_000, onWaiting });
  const again = await exai.runs.startAndWaitFrom(tokens.at(-1), { timeout: 30_000 });
  check(run.status === "succeeded" && again.id === run.id, "a wait");

  const types = [];
  for await (const event of exai.runs.events(run.id)) types.push(event.type);
  check(types.at(-1) === "run.completed", "a stream");

  let found = 0;
  for await (const other of exai.plans.list({ limit: 1 })) found += other.id === plan.id ? 1 : 0;
  check(found === 1, "pages");

  const file = new File(["a,b\n"], "table.csv", { type: "text/csv" });
  const asset = await exai.builder.assets.upload({ file, purpose: "reference" });
  check(asset.id.startsWith("ast_"), "a form");

  const { receipt } = await exai.plans.get(plan.id).withResponse();
  check(receipt.startsWith("rcp_"), "metadata");
  const missing = await exai.templates.get("nope").catch((error) => error);
  check(missing instanceof Exai.NotFoundError, "an error");
  const stopped = await exai.plans.get(plan.id, { signal: AbortSignal.abort() }).catch((e) => e);
  check(stopped instanceof Exai.AbortError, "a signal");
  const unsigned = await exai.webhooks.unwrap("{}", {}, "secret").catch((error) => error);
  check(unsigned instanceof WebhookVerificationError, "a webhook");
  return `${types.length} events, ${tokens.length} tokens`;
}

function check(holds, what) {
  if (!holds) throw new Error(`${what} is not what it should be`);
}
