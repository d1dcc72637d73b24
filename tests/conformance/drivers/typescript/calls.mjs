// The calls of the conformance suite, made with the TypeScript SDK wherever it runs.

/**
 * A function that plays one scenario. `sdk` is the package's main module, `json` how it reads and
 * writes long integers, `operations` the document's (`operations.mjs`), `log` where lines of the
 * SDK's log go, if anywhere.
 */
export function player({ sdk, json, operations, log }) {
  const { default: Exai, WebhookVerificationError } = sdk;

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
      wait_token: error.waitToken,
      retry_after_ms: error.retryAfter === undefined ? undefined : error.retryAfter * 1000,
      shown: `${error.stack} ${JSON.stringify(error)}`,
    };
  }

  const meta = (info) => ({
    status: info.status,
    receipt: info.receipt,
    idempotency_key: info.idempotencyKey,
    replayed: info.replayed,
    remaining: info.rateLimit?.remaining,
    reset: info.rateLimit?.resetAt && info.rateLimit.resetAt.getTime() / 1000,
  });

  const one = async (result) => {
    const answer = await result.withResponse();
    return { value: answer.data ?? null, meta: meta(answer) };
  };

  /** The items of pages or of a stream, up to where they fail, end, or are enough. */
  async function items(source, take = Number.POSITIVE_INFINITY) {
    const all = [];
    // Of pages, the facts are those of the page that is read; of a stream, of its connection.
    let info;
    const found = () => ({ items: all, meta: (info ?? source.info) && meta(info ?? source.info) });
    try {
      if ("pages" in source) {
        for await (const page of source.pages()) {
          info = page.info;
          for (const item of page) {
            all.push(item);
            if (all.length >= take) return found();
          }
        }
      } else {
        for await (const item of source) {
          all.push(item);
          if (all.length >= take) break;
        }
      }
    } catch (error) {
      return { ...found(), error: describe(error) };
    }
    return found();
  }

  async function download(result, read) {
    const answer = await result.withResponse();
    return { value: await read(answer.data), meta: meta(answer) };
  }

  /** What a call of an operation gives, whatever it is. */
  function any(made, { take }, isText) {
    if ("withResponse" in made === false || "close" in made) return items(made, take);
    return made.withResponse().then(async (answer) => {
      if (!(answer.data instanceof sdk.Download)) {
        return { value: answer.data ?? null, meta: meta(answer) };
      }
      const bytes = await answer.data.bytes();
      const value = isText ? new TextDecoder().decode(bytes) : { base64: base64(bytes) };
      return { value, meta: meta(answer) };
    });
  }

  async function* repeated(size) {
    const piece = new TextEncoder().encode("x".repeat(64 * 1024));
    for (let left = size; left > 0; left -= piece.length) yield piece.subarray(0, left);
  }

  async function* once(content) {
    yield new TextEncoder().encode(content);
  }

  /** The real method of an operation, found by its id and called by the names on the wire. */
  function method(exai, { id, ...args }, options, suffix = "") {
    const operation = operations.get(id);
    const accessors = operation.accessors.slice(0, -1);
    const owner = accessors.reduce((at, name) => at[name], exai);
    const { values, more } = operation.arguments(args);
    return owner[operation.accessors.at(-1) + suffix](...values, { ...more, ...options });
  }

  function listed({ plan_id, label, status, created_after, limit }) {
    const params = { plan_id, label, status, created_after, limit };
    return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
  }

  /** Each call by its name. */
  const calls = {
    raw: (exai, { method, path, query, body }, o) =>
      one(exai.request({ method, path, query: { ...query, ...o.query }, body, ...o })),
    operation: (exai, a, o, options) =>
      any(method(exai, a, o), options, operations.get(a.id).isText),
    operation_wait: (exai, a, o) => one(method(exai, a, o, "AndWait")),
    "runs.get": (exai, a, o) => one(exai.runs.get(a.run_id, o)),
    "runs.start": (exai, a, o) => one(exai.runs.start(a, o)),
    "runs.start_and_wait": (exai, a, o) => one(exai.runs.startAndWait(a, o)),
    "runs.start_and_wait_from": (exai, a, o) => one(exai.runs.startAndWaitFrom(a.token, o)),
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
    "builder.artifacts.download": (exai, a, o) => {
      const { artifacts } = exai.builder.runs;
      const result = artifacts.download(a.build_id, a.artifact_id, {}, o);
      return download(result, (data) => data.text());
    },
    "builder.artifacts.drain": (exai, a, o) => {
      const { artifacts } = exai.builder.runs;
      return download(artifacts.download(a.build_id, a.artifact_id, {}, o), async (data) => {
        let size = 0;
        for await (const piece of data) size += piece.length;
        return size;
      });
    },
    "workspaces.upload": (exai, a, o) => {
      const streamed = () => (a.size === undefined ? once(a.content) : repeated(a.size));
      const body = a.streamed ? streamed() : new TextEncoder().encode(a.content);
      return one(exai.workspaces.files.upload(a.workspace_id, body, { path: a.path }, o));
    },
    "webhooks.unwrap": async (exai, { body, headers, secrets, now }) => ({
      value: await exai.webhooks.unwrap(
        body,
        headers,
        secrets,
        now === undefined ? {} : { now: now * 1000 },
      ),
    }),
  };

  async function perform(exai, { op, args, options }) {
    const began = performance.now();
    const tokens = [];
    let signal;
    if (options.cancel_after_ms !== undefined) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), options.cancel_after_ms);
      signal = controller.signal;
    }
    const onWaiting = options.on_waiting ? (token) => tokens.push(token) : undefined;
    let result;
    try {
      if (calls[op] === undefined) throw new Error(`this driver knows no ${op}`);
      result = await calls[op](exai, args, given(options, { signal, onWaiting }), options);
    } catch (error) {
      result = { error: describe(error) };
    }
    const ms = Math.round(performance.now() - began);
    return { ...result, ...(options.on_waiting && { tokens }), ms };
  }

  /** The client of a scenario. */
  function clientOf({ base_url, client }) {
    let asked = 0;
    let tries = 0;
    const { tokens, token_error } = client;
    const token = () => {
      if (token_error !== undefined) throw new Error(token_error);
      asked += 1;
      return tokens[Math.min(asked, tokens.length) - 1];
    };
    const counting = (request, next) => {
      tries += 1;
      request.headers.set("X-Middleware", String(tries));
      return next(request);
    };
    const asks = tokens !== undefined || token_error !== undefined;
    const own = {
      baseURL: base_url,
      apiKey: asks ? token : (client.api_key ?? "test-token"),
      governor: client.governor,
      middleware: client.middleware ? [counting] : undefined,
      ...(log !== undefined && { logger: loggerTo(log), logLevel: "debug" }),
    };
    return new Exai(given(client, own));
  }

  return async (request) => {
    const exai = clientOf(request);
    if (request.parallel) return Promise.all(request.calls.map((call) => perform(exai, call)));
    const results = [];
    for (const call of request.calls) results.push(await perform(exai, call));
    return results;
  };

  function loggerTo(write) {
    const at =
      (level) =>
      (...said) =>
        write(`${level} ${said.map((one) => json.stringifyLossless(one)).join(" ")}`);
    return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  }
}

/** Bytes as base64 text. */
function base64(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
