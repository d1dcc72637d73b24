/** A receiver of webhooks on Node's own server, sent one message as the API sends it. */

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Exai, { WebhookVerificationError } from "@exai/sdk";

const secret = "whsec_of_the_subscription";
const exai = new Exai();

const server = createServer(async (request, response) => {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) pieces.push(piece);
  try {
    // The bytes as they came: parsing and printing them again would change them.
    const event = await exai.webhooks.unwrap(Buffer.concat(pieces), request.headers, secret);
    console.log("received", event.type);
    response.writeHead(204).end();
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    response.writeHead(400).end(error.message);
  }
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const body = JSON.stringify({ type: "run.completed", id: "evt_1" });
const timestamp = String(Math.floor(Date.now() / 1000));
const signature = createHmac("sha256", secret).update(`whk_1.${timestamp}.${body}`).digest("hex");
for (const signed of [signature, signature.replace(/^./, (digit) => (digit === "0" ? "1" : "0"))]) {
  const headers = {
    "Webhook-Id": "whk_1",
    "Webhook-Timestamp": timestamp,
    "Webhook-Signature": `v1=${signed}`,
  };
  const answer = await fetch(url, { method: "POST", headers, body });
  console.log(answer.status, await answer.text());
}
server.close();
