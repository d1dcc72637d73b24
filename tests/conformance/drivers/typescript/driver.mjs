// Makes the calls of the conformance suite with the TypeScript SDK: calls come as JSON lines,
// results go as JSON lines.

import { createInterface } from "node:readline";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const dist = pathToFileURL(`${resolve(process.argv[2])}/`);
const { default: Exai, WebhookVerificationError } = await import(new URL("index.js", dist).href);
// How the SDK itself reads and writes 64-bit integers.
const { parseLossless, stringifyLossless } = await import(
  new URL("runtime/lossless-json.js", dist).href
);

const say = (value) => process.stdout.write(`${stringifyLossless(value)}\n`);

/** Options of a client or a call, without those that are not given. */
function given(options, extra = {}) {
  const all = {
    timeout: options.timeout_ms,
    attemptTimeout: options.try_timeout_ms,
    maxRetries: options.max_retries,
    idempotencyKey: options.idempotency_key,
    headers: options.headers,
    query: options.query,
    lastEventId: options.last_event_id,
    ...extra,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const one = async (result) => {
  const answer = await result.withResponse();
  return { value: answer.data ?? null, meta: meta(answer) };
};

const meta = (answer) => ({
  status: answer.status,
  receipt: answer.receipt,
  idempotency_key: answer.idempotencyKey,
  replayed: answer.replayed,
  remaining: answer.rateLimit?.remaining,
  reset: answer.rateLimit?.resetAt && answer.rateLimit.resetAt.getTime() / 1000,
});

/** The items of pages or of a stream, up to where they fail, end, or are enough. */
async function items(source, take = Number.POSITIVE_INFINITY) {
  const all = [];
  try {
    for await (const item of source) {
      all.push(item);
      if (all.length >= take) break;
    }
  } catch (error) {
    return { items: all, error: describe(error) };
  }
  return { items: all };
}

async function* once(content) {
  yield new TextEncoder().encode(content);
}

function listed({ plan_id, label, status, created_after, limit }) {
  const params = { plan_id, label, status, created_after, limit };
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
}

/** Each call by its name. */
const calls = {
  "runs.get": (exai, a, o) => one(exai.runs.get(a.run_id, o)),
  "runs.start": (exai, a, o) => one(exai.runs.start(a, o)),
  "runs.start_and_wait": async (exai, a, o) => ({ value: await exai.runs.startAndWait(a, o) }),
  "runs.cancel": (exai, a, o) => one(exai.runs.cancel(a.run_id, a.body, o)),
  "runs.list": (exai, a, o, { take }) => items(exai.runs.list(listed(a), o), take),
  "runs.events": (exai, a, o, { take }) => items(exai.runs.events(a.run_id, o), take),
  "audit.exports.download": (exai, a, o, { take }) =>
    items(exai.audit.exports.download(a.export_id, o), take),
  "audit.tail": (exai, _a, o, { take }) => items(exai.audit.tail({}, o), take),
  "agents.list": (exai, a, o, { take }) => items(exai.agents.list(listed(a), o), take),
  "agents.page": async (exai, a, o) => {
    const answer = await exai.agents.list(listed(a), o).page().withResponse();
    const { items: found, body } = answer.data;
    return { value: { items: found, next_cursor: body.next_cursor }, meta: meta(answer) };
  },
  "templates.get": (exai, a, o) => one(exai.templates.get(a.slug, o)),
  "templates.star": (exai, a, o) => one(exai.templates.star(a.slug, o)),
  "plans.get": (exai, a, o) => one(exai.plans.get(a.plan_id, o)),
  "plans.delete": (exai, a, o) => one(exai.plans.delete(a.plan_id, o)),
  "plans.update": (exai, a, o) => one(exai.plans.update(a.plan_id, a.body, o)),
  "audit.events.get": (exai, a, o) => one(exai.audit.events.get(a.event_id, o)),
  "builder.assets.upload": (exai, a, o) => {
    const file = new File([a.content], a.file_name, { type: "text/plain" });
    const { purpose, description } = a;
    return one(
      exai.builder.assets.upload({ file, purpose, ...(description && { description }) }, o),
    );
  },
  "builder.artifacts.download": async (exai, a, o) => {
    const { artifacts } = exai.builder.runs;
    const answer = await artifacts.download(a.build_id, a.artifact_id, {}, o).withResponse();
    return { value: await answer.data.text(), meta: meta(answer) };
  },
  "workspaces.upload": (exai, a, o) => {
    const body = a.streamed ? once(a.content) : new TextEncoder().encode(a.content);
    return one(exai.workspaces.files.upload(a.workspace_id, body, { path: a.path }, o));
  },
  "webhooks.unwrap": async (exai, a) => ({
    value: await exai.webhooks.unwrap(a.body, a.headers, a.secrets),
  }),
};

const kinds = [
  [WebhookVerificationError, "signature"],
  [Exai.TimeoutError, "timeout"],
  [Exai.AbortError, "cancelled"],
  [Exai.ConnectionError, "connection"],
  [Exai.DecodeError, "decode"],
  [Exai.APIError, "api"],
  [Exai.ConfigurationError, "config"],
];

/** `NotFoundError` to `not_found`. */
function className(error) {
  if (!(error instanceof Exai.APIError) || error.constructor === Exai.APIError) return undefined;
  const words = error.name.replace(/(?<!^)([A-Z])/g, "_$1").toLowerCase();
  return words === "internal_error" ? words : words.replace(/_error$/, "");
}

/** An error by the words that all drivers share. */
function describe(error) {
  const [, kind] = kinds.find(([type]) => type && error instanceof type) ?? [];
  return {
    kind: kind ?? "unknown",
    class: className(error),
    status: error.status,
    name: error.errorName,
    code: error.code,
    message: error.message,
    receipt: error.receipt,
    details: error.details,
    idempotency_key: error.idempotencyKey,
    retry_after_ms: error.retryAfter === undefined ? undefined : error.retryAfter * 1000,
    shown: `${error.stack} ${JSON.stringify(error)}`,
  };
}

async function perform(exai, { op, args, options }) {
  const began = performance.now();
  let signal;
  if (options.cancel_after_ms !== undefined) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), options.cancel_after_ms);
    signal = controller.signal;
  }
  let result;
  try {
    result = await calls[op](exai, args, given(options, { signal }), options);
  } catch (error) {
    result = { error: describe(error) };
  }
  return { ...result, ms: Math.round(performance.now() - began) };
}

async function scenario(request) {
  const { client } = request;
  const exai = new Exai(
    given(client, { baseURL: request.base_url, apiKey: client.api_key ?? "test-token" }),
  );
  const results = [];
  for (const call of request.calls) results.push(await perform(exai, call));
  say({ id: request.id, results });
}

say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  // A fault of this program is the scenario's result, and no reason to stop the others.
  const request = parseLossless(line);
  scenario(request).catch((error) => say({ id: request.id, fault: String(error.stack) }));
}
