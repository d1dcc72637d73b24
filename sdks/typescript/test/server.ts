import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { Core, type Settings } from "../src/runtime/core.js";
import { APIError } from "../src/runtime/errors.js";
import type { ClientOptions } from "../src/runtime/options.js";

/** What a test's server was sent. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export type Handler = (
  request: Received,
  response: ServerResponse,
  count: number,
) => void | Promise<void>;

export interface TestServer {
  readonly url: string;
  readonly received: Received[];
}

/** Starts a real HTTP server that ends with the test. */
export async function serve(test: TestContext, handler: Handler): Promise<TestServer> {
  const received: Received[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request = {
      method: incoming.method ?? "",
      url: incoming.url ?? "",
      headers: incoming.headers,
      body: Buffer.concat(chunks),
    };
    received.push(request);
    await handler(request, response, received.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

export class TeapotError extends APIError {
  override readonly name: string = "TeapotError";
}

export const settings: Settings = {
  environmentPrefix: "SDK_TEST",
  userAgent: "sdk-test/1.0.0",
  servers: [
    { name: "production", url: "https://api.example.com/v1" },
    { name: "staging", url: "https://api.staging.example.com/v1" },
    { name: "dedicated", url: "https://api.{tenant}.example.com/v1", variables: { tenant: {} } },
  ],
  schemes: { token: { type: "bearer" } },
  security: [["token"]],
  errors: [
    { status: 418, name: "teapot", type: TeapotError },
    { status: 409, name: "other", type: APIError },
  ],
  headers: {
    receipt: "x-receipt",
    rateLimitRemaining: "X-RateLimit-Remaining",
    rateLimitReset: "X-RateLimit-Reset",
    replayed: "Idempotent-Replayed",
  },
};

export function coreOf(server: TestServer, options: ClientOptions = {}): Core {
  return new Core(settings, { baseURL: server.url, apiKey: "sk_test_secret", ...options });
}
