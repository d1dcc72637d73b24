import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { unwrapWebhook, WebhookVerificationError } from "../src/runtime/webhooks.js";

const body = '{"type":"run.completed","run_id":"run_1"}';
const now = 1_800_000_000_000;

function sign(
  secret: string,
  id = "whk_1",
  timestamp = now / 1000,
  content = body,
): Record<string, string> {
  const digest = createHmac("sha256", secret).update(`${id}.${timestamp}.${content}`).digest("hex");
  return {
    "Webhook-Id": id,
    "Webhook-Timestamp": String(timestamp),
    "Webhook-Signature": `v1=${digest}`,
  };
}

test("a signed message gives its event, whatever holds body and headers", async () => {
  const headers = sign("s3cret");
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  for (const given of [headers, lower, new Headers(headers)]) {
    for (const content of [body, Buffer.from(body), new TextEncoder().encode(body).buffer]) {
      assert.deepEqual(await unwrapWebhook(content, given, "s3cret", { now }), JSON.parse(body));
    }
  }
});

test("after a rotation either secret is taken", async () => {
  for (const secret of ["old", "new"]) {
    await unwrapWebhook(body, sign(secret), ["new", "old"], { now });
  }
  await assert.rejects(
    unwrapWebhook(body, sign("older"), ["new", "old"], { now }),
    WebhookVerificationError,
  );
  await assert.rejects(unwrapWebhook(body, sign(""), [], { now }), WebhookVerificationError);
  await assert.rejects(unwrapWebhook(body, sign("a"), ["a", ""], { now }), /empty/);
});

test("a message more than five minutes off is refused, past or future", async () => {
  for (const offset of [-300, 300])
    await unwrapWebhook(body, sign("s", "a", now / 1000 + offset), "s", { now });
  for (const offset of [-301, 301]) {
    const headers = sign("s", "a", now / 1000 + offset);
    await assert.rejects(unwrapWebhook(body, headers, "s", { now }), /too far/);
  }
});

test("any change of id, time, body or signature is refused", async () => {
  const headers = sign("s");
  const signature = String(headers["Webhook-Signature"]);
  const changes: [string, Record<string, string>][] = [
    [`${body} `, headers],
    [body, { ...headers, "Webhook-Id": "whk_2" }],
    [body, { ...headers, "Webhook-Timestamp": String(now / 1000 + 1) }],
    [body, { ...headers, "Webhook-Signature": signature.toUpperCase() }],
    [body, { ...headers, "Webhook-Signature": signature.slice(0, -1) }],
    [body, { ...headers, "Webhook-Signature": `${signature} ${signature}` }],
    [body, { ...headers, "Webhook-Signature": "" }],
    [body, { "Webhook-Signature": signature }],
  ];
  for (const [content, given] of changes) {
    await assert.rejects(unwrapWebhook(content, given, "s", { now }), WebhookVerificationError);
  }
  await assert.rejects(
    unwrapWebhook("{", sign("s", "a", now / 1000, "{"), "s", { now }),
    /not JSON/,
  );
});
