/** The packed package as its users meet it: installed into an empty project, the README's way. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { readDocument } from "./document.js";
import { serveExamples } from "./examples.js";
import { json, serve } from "./server.js";

const run = promisify(execFile);
const home = fileURLToPath(new URL("../../", import.meta.url));
const tsc = join(home, "node_modules/typescript/bin/tsc");
let project = "";
let tarball = "";

/** The code blocks of the README in one language, and those of the repository's. */
async function snippets(language: string): Promise<string[]> {
  const readmes = ["README.md", "../../README.md"].map((path) =>
    readFile(join(home, path), "utf8"),
  );
  const readme = (await Promise.all(readmes)).join("\n");
  const blocks = readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"));
  return Array.from(blocks, (match) => match[1] ?? "");
}

/** The environment of a user: none of our own `npm` settings. */
function user(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, ...more };
}

before(async () => {
  project = await mkdtemp(join(tmpdir(), "exai-sdk-"));
  const pack = ["pack", "--ignore-scripts", "--pack-destination", project];
  await run("npm", pack, { cwd: home, env: user() });
  [tarball = ""] = await readdir(project);
  await writeFile(join(project, "package.json"), '{ "private": true, "type": "module" }');
  const install = ["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`];
  await run("npm", install, { cwd: project, env: user() });
  // What the README's users have besides: none of it is a dependency of the package.
  const modules = join(home, "node_modules/@opentelemetry");
  await symlink(modules, join(project, "node_modules/@opentelemetry"));
});

after(() => rm(project, { recursive: true, force: true }));

test("the README's TypeScript compiles under strict settings, and runs", async (t) => {
  const names: string[] = [];
  for (const [index, code] of (await snippets("ts")).entries()) {
    names.push(`snippet${index}`);
    await writeFile(join(project, `snippet${index}.ts`), code);
  }
  assert.ok(names.length >= 10);
  const compilerOptions = {
    target: "ES2022",
    module: "NodeNext",
    lib: ["ES2023", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
  };
  const files = names.map((name) => `${name}.ts`);
  await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  await run(process.execPath, [tsc], { cwd: project }).catch((error: { stdout: string }) => {
    assert.fail(error.stdout);
  });
  const server = await serveExamples(t, readDocument(), { getRun: { status: "succeeded" } });
  const env = user({ EXAI_API_KEY: "sk_test_1", EXAI_BASE_URL: server.url });
  for (const name of names) await run(process.execPath, [`${name}.js`], { cwd: project, env });
  assert.ok(server.received.length >= names.length);
});

test("the README's middleware makes a span of each try", async (t) => {
  const code = (await snippets("ts")).find((text) => text.includes("@opentelemetry/api")) ?? "";
  assert.match(code, /startActiveSpan/);
  const recorder = `
    import { InMemorySpanExporter, BasicTracerProvider, SimpleSpanProcessor }
      from "@opentelemetry/sdk-trace-base";
    import { trace } from "@opentelemetry/api";
    const exporter = new InMemorySpanExporter();
    const spanProcessors = [new SimpleSpanProcessor(exporter)];
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
    process.on("exit", () => {
      const spans = exporter.getFinishedSpans();
      console.log(JSON.stringify(spans.map(({ name, attributes, status }) => ({ name, attributes, status }))));
    });`;
  await writeFile(join(project, "recorder.mjs"), recorder);
  await writeFile(join(project, "traced.ts"), code);
  const compile = ["--ignoreConfig", "--module", "nodenext", "--target", "es2022", "traced.ts"];
  await run(process.execPath, [tsc, ...compile], { cwd: project });
  const busy = { code: 503, name: "provider_unavailable", message: "busy" };
  const plan = { id: "pln_abc", name: "p" };
  const server = await serve(t, (_request, response, count) =>
    count === 1 ? json(response, 503, busy, { "Retry-After": "0" }) : json(response, 200, plan),
  );
  const env = user({ EXAI_API_KEY: "sk_test_1", EXAI_BASE_URL: server.url });
  const args = ["--import", "./recorder.mjs", "traced.js"];
  const { stdout } = await run(process.execPath, args, { cwd: project, env });
  const common = {
    "http.request.method": "GET",
    "server.address": "127.0.0.1",
    "url.full": `${server.url}/plans/pln_abc`,
  };
  assert.deepEqual(JSON.parse(stdout), [
    {
      name: "getPlan",
      attributes: { ...common, "http.response.status_code": 503 },
      status: { code: 2 },
    },
    {
      name: "getPlan",
      attributes: { ...common, "http.request.resend_count": 1, "http.response.status_code": 200 },
      status: { code: 0 },
    },
  ]);
});

test("CommonJS can require it, as the README says", async () => {
  const [code = ""] = await snippets("js");
  await writeFile(
    join(project, "script.cjs"),
    `${code}\nconsole.log(typeof new Exai().runs.start);`,
  );
  const { stdout } = await run(process.execPath, ["script.cjs"], { cwd: project, env: user() });
  assert.equal(stdout.trim(), "function");
});

test("the package holds what it needs and nothing else", async () => {
  const installed = join(project, "node_modules/@exai/sdk");
  const names = await readdir(installed, { recursive: true });
  const strange = names.filter(
    (name) =>
      !/^(dist|src)(\/|$)|^(LICENSE|README|api\.md|generated\.manifest|p[a-z]+\.json)/.test(name),
  );
  assert.deepEqual(strange, []);
  for (const name of [
    "dist/index.js",
    "dist/index.d.ts",
    "dist/functions.js",
    "dist/testing.js",
    "api.md",
  ]) {
    assert.ok(names.includes(name), name);
  }
});

test("the packed package is at most 300 kB", async () => {
  const { size } = await stat(join(project, tarball));
  assert.ok(size > 50_000 && size <= 300_000, `${size} bytes`);
});

test("one call costs at most 8 kB in a bundle, gzipped", async () => {
  const { build } = await import("esbuild");
  const entry = (await snippets("ts")).find((code) => code.includes("@exai/sdk/functions")) ?? "";
  const bundle = await build({
    stdin: { contents: entry, resolveDir: project },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  const size = gzipSync(bundle.outputFiles[0]?.contents ?? "", { level: 9 }).length;
  assert.ok(size > 1_000 && size <= 8_000, `${size} bytes`);
});
