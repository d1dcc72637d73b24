/** Errors by their class, retries by their key, and what a log shows of them. */

import Exai from "@exai/sdk";

const exai = new Exai({ maxRetries: 4, timeout: 10_000, governor: true, logLevel: "info" });
try {
  await exai.templates.get("nope");
} catch (error) {
  if (!(error instanceof Exai.NotFoundError)) throw error;
  console.log(error.status, error.errorName, error.message, error.receipt);
}

// With the same key a write runs once, however often it is sent, after a crash too.
const options = { idempotencyKey: crypto.randomUUID() };
const body = { name: `errors-${options.idempotencyKey}`, nodes: [] };
try {
  const first = await exai.plans.create(body, options);
  const again = await exai.plans.create(body, options).withResponse();
  console.log(again.data.id === first.id, again.replayed);
} catch (error) {
  if (!(error instanceof Exai.APIError)) throw error;
  console.log(error.errorName, error.details, error.idempotencyKey);
}
