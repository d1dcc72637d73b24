// Makes the calls of the conformance suite in a page of headless Chromium. This program, in Node,
// serves the page, hands it the lines that come on standard input, and prints what it gives back.

import { spawn } from "node:child_process";
import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { createInterface } from "node:readline";

const [, , dist, documentPath] = process.argv;
const { EXAI_CONFORMANCE_LOG: log, CHROMIUM: chromium = "chromium" } = process.env;

/** Lines that the page has not asked for yet, or how to answer it when one comes. */
const lines = [];
let asking;

const types = { ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json" };
const files = { "/operations.json": documentPath };
for (const name of ["page.mjs", "calls.mjs", "operations.mjs"]) files[`/${name}`] = name;

async function answer(request, response) {
  const { pathname } = new URL(request.url, "http://page");
  const send = (type, body) => response.writeHead(200, { "Content-Type": type }).end(body);
  if (pathname === "/") {
    const logs = log === undefined ? "" : "?log";
    return send("text/html", `<!doctype html><script type="module" src="page.mjs${logs}"></script>`);
  }
  if (pathname === "/next") {
    const give = (line) => send("text/plain", line);
    if (lines.length > 0) give(lines.shift());
    else asking = give;
    return undefined;
  }
  if (request.method === "POST") {
    const body = Buffer.concat(await request.toArray());
    if (pathname === "/said") process.stdout.write(`${body}\n`);
    if (pathname === "/log" && log !== undefined) await appendFile(log, `${body}\n`);
    return send("text/plain", "");
  }
  const inside = resolve(dist, `.${pathname.slice("/dist".length)}`);
  const path = pathname.startsWith("/dist/") && inside.startsWith(resolve(dist)) && inside;
  const file = files[pathname] ?? path;
  if (!file) return response.writeHead(404).end();
  return send(types[extname(file)] ?? "text/plain", await readFile(file));
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    response.destroy();
  });
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));

// The servers of the scenarios are of other origins and speak no CORS, which is no SDK's matter.
const profile = await mkdtemp(join(tmpdir(), "exai-conformance-"));
const flags =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-web-security " +
  "--disable-background-networking --disable-component-update --disable-sync " +
  `--user-data-dir=${profile} http://127.0.0.1:${server.address().port}/`;
const child = spawn(chromium, flags.split(" "), { stdio: ["ignore", "ignore", "ignore"] });

async function end() {
  child.kill();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  process.exit();
}
child.on("error", end);
child.on("exit", end);
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, end);

for await (const line of createInterface({ input: process.stdin })) {
  if (asking === undefined) lines.push(line);
  else asking(line);
  asking = undefined;
}
await end();
