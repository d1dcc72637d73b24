// Runs the package in each runtime, and says how it went; fails when one that is there does not.

import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "../../node_modules/esbuild/lib/main.js";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const dist = join(here, "../../dist");
const bin = (name) => join(here, "node_modules/.bin", name);
const env = { ...process.env, SDK_DIST: pathToFileURL(dist).href };
const options = { cwd: here, env, timeout: 120_000 };

/** The program with the package in it, as one file. */
async function bundled(name, format) {
  const outfile = join(here, "build", `${name}.js`);
  const alias = { "@exai/sdk": join(dist, "index.js") };
  await build({ entryPoints: [join(here, `${name}.mjs`)], bundle: true, format, outfile, alias });
  return outfile;
}

/** Headless Chromium: `CHROMIUM` names it, or Debian's package has it. */
const chromium = [process.env.CHROMIUM, "/usr/bin/chromium"].find(
  (path) => path && existsSync(path),
);

const runtimes = {
  node: async () => (await run(process.execPath, ["main.mjs"], options)).stdout,
  deno: async () =>
    (await run(bin("deno"), ["run", "--quiet", "--allow-all", "main.mjs"], options)).stdout,
  bun: async () => (await run(bin("bun"), ["main.mjs"], options)).stdout,

  async workerd() {
    await bundled("worker", "esm");
    const args = ["serve", "worker.capnp", "--control-fd=3"];
    const stdio = ["ignore", "inherit", "inherit", "pipe"];
    const child = spawn(bin("workerd"), args, { cwd: here, env, stdio });
    try {
      // `{"event":"listen","socket":"http","port":43211}`
      const { port } = await new Promise((resolve, reject) => {
        child.stdio[3].on("data", (line) => resolve(JSON.parse(String(line).split("\n")[0])));
        child.on("exit", (code) => reject(new Error(`workerd ended with ${code}`)));
      });
      const answer = await fetch(`http://127.0.0.1:${port}/`);
      const said = await answer.text();
      if (!answer.ok) throw new Error(said);
      return said;
    } finally {
      child.kill();
    }
  },

  async chromium() {
    if (chromium === undefined) return undefined;
    const script = await readFile(await bundled("page", "esm"));
    const profile = await mkdtemp(join(tmpdir(), "exai-chromium-"));
    const { promise, resolve, reject } = withResolvers();
    const server = createServer(async (request, response) => {
      const { EXAI_BASE_URL: baseURL, EXAI_API_KEY: apiKey } = process.env;
      const pages = {
        "/": ["text/html", '<!doctype html><script type="module" src="page.js"></script>'],
        "/page.js": ["text/javascript", script],
        "/settings": ["application/json", JSON.stringify({ baseURL, apiKey })],
      };
      if (request.url === "/said") {
        const { ok, error } = JSON.parse((await request.toArray()).join(""));
        if (ok === undefined) reject(new Error(error));
        else resolve(ok);
      }
      const [type, body] = pages[request.url] ?? ["text/plain", ""];
      response.writeHead(200, { "Content-Type": type }).end(body);
    });
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    // The sandbox is of another origin and speaks no CORS; whoever serves browsers does.
    const flags =
      "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-web-security " +
      "--disable-background-networking --disable-component-update --disable-sync " +
      `--user-data-dir=${profile} http://127.0.0.1:${server.address().port}/`;
    const child = spawn(chromium, flags.split(" "), { stdio: "ignore" });
    child.on("exit", (code) => reject(new Error(`chromium ended with ${code}`)));
    try {
      return await promise;
    } finally {
      const over = new Promise((exited) => child.on("exit", exited));
      child.kill();
      await over;
      server.close();
      server.closeAllConnections();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

let failed = 0;
for (const [name, play] of Object.entries(runtimes)) {
  try {
    const said = await play();
    console.log(`${name}: ${said === undefined ? "not installed, not run" : `ok, ${said.trim()}`}`);
  } catch (error) {
    failed += 1;
    console.log(`${name}: failed\n${error.stdout ?? ""}${error.stderr ?? ""}${error.stack}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
