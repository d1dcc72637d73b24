import { SDKError } from "./errors.js";

/** The message was not signed with any of the secrets, was changed, or is too old or too new. */
export class WebhookVerificationError extends SDKError {
  override readonly name: string = "WebhookVerificationError";
}

/** Headers as a `Headers`, or as the record that Node's `http` and most frameworks hand over. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | { readonly [name: string]: string | readonly string[] | undefined };

export interface WebhookOptions {
  /** Seconds that a timestamp may be off, past or future; 300 by default. */
  readonly tolerance?: number;
  /** Reads the JSON text; `JSON.parse` by default. */
  readonly parse?: (source: string) => unknown;
  /** The time to judge by, in milliseconds; the clock by default. */
  readonly now?: number;
}

/**
 * Verifies a webhook message and gives its event.
 *
 * `Webhook-Signature` is `v1=` and the lower-case hex HMAC-SHA256 of `ID.TIMESTAMP.BODY` under the
 * secret. The body must be the bytes that came: parsing and printing it again changes them. With
 * several secrets, as during a rotation, one of them has to match; all are compared, in constant
 * time.
 *
 * @typeParam Event the union of the events; a type that it does not know comes through as it is
 * @throws WebhookVerificationError when the message can not be trusted, or is not JSON
 */
export async function unwrapWebhook<Event>(
  body: string | Uint8Array | ArrayBuffer,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  options: WebhookOptions = {},
): Promise<Event> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body);
  await verifyWebhook(bytes, headers, secret, options);
  try {
    const source = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return (options.parse ?? JSON.parse)(source) as Event;
  } catch (cause) {
    throw new WebhookVerificationError("The body of the message is not JSON", { cause });
  }
}

/** The check of {@link unwrapWebhook} without reading the event. */
export async function verifyWebhook(
  body: string | Uint8Array | ArrayBuffer,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  options: WebhookOptions = {},
): Promise<void> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body);
  const id = required(headers, "webhook-id");
  const timestamp = required(headers, "webhook-timestamp");
  const signature = required(headers, "webhook-signature");
  if (!/^\d{1,12}$/.test(timestamp))
    throw new WebhookVerificationError("The timestamp is malformed");
  const age = Math.abs((options.now ?? Date.now()) / 1000 - Number(timestamp));
  if (age > (options.tolerance ?? 300)) {
    throw new WebhookVerificationError("The timestamp is too far from now");
  }
  const secrets = typeof secret === "string" ? [secret] : secret;
  const hex = /^v1=([0-9a-f]{64})$/.exec(signature)?.[1];
  if (hex === undefined) throw new WebhookVerificationError("The signature is malformed");
  const claimed = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const prefix = new TextEncoder().encode(`${id}.${timestamp}.`);
  const message = new Uint8Array(prefix.length + bytes.length);
  message.set(prefix);
  message.set(bytes, prefix.length);
  const matches = await Promise.all(secrets.map((key) => isSigned(message, claimed, key)));
  if (!matches.includes(true)) throw new WebhookVerificationError("The signature does not match");
}

/** `crypto.subtle.verify` compares in constant time (Web Crypto API, HMAC "Verify"). */
async function isSigned(
  message: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  secret: string,
): Promise<boolean> {
  if (secret === "") throw new WebhookVerificationError("A secret must not be empty");
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const raw = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey("raw", raw, algorithm, false, ["verify"]);
  return crypto.subtle.verify(algorithm, key, signature, message);
}

function required(headers: WebhookHeaders, name: string): string {
  const value = header(headers, name);
  if (value === undefined || value === "") {
    throw new WebhookVerificationError(`The header ${name} is missing`);
  }
  return value;
}

function header(headers: WebhookHeaders, name: string): string | undefined {
  if (typeof headers.get === "function") return headers.get(name) ?? undefined;
  for (const [key, value] of Object.entries(headers)) {
    if (key.toLowerCase() === name)
      return Array.isArray(value) ? value.join(",") : (value as string);
  }
  return undefined;
}
