// Makes the calls of the conformance suite with the TypeScript SDK in Node: calls come as JSON
// lines, results go as JSON lines.

import { appendFileSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { player } from "./calls.mjs";
import { operationsOf } from "./operations.mjs";

const [, , dist, documentPath] = process.argv;
const base = pathToFileURL(`${resolve(dist)}/`);
const sdk = await import(new URL("index.js", base).href);
const json = { parseLossless: sdk.parseLossless, stringifyLossless: sdk.stringifyLossless };

const { EXAI_CONFORMANCE_LOG: path } = process.env;
const play = player({
  sdk,
  json,
  operations: operationsOf(JSON.parse(readFileSync(documentPath, "utf8"))),
  log: path ? (line) => appendFileSync(path, `${line}\n`) : undefined,
});

const say = (value) => process.stdout.write(`${json.stringifyLossless(value)}\n`);

say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const request = json.parseLossless(line);
  // A fault of this program is the scenario's result, and no reason to stop the others.
  play(request).then(
    (results) => say({ id: request.id, results }),
    (error) => say({ id: request.id, fault: String(error.stack) }),
  );
}
