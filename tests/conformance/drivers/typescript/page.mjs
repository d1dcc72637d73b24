// The page's side of `browser.mjs`: asks for a line, plays it, and gives back what came of it.

import * as sdk from "./dist/index.js";
import { player } from "./calls.mjs";
import { operationsOf } from "./operations.mjs";

const json = { parseLossless: sdk.parseLossless, stringifyLossless: sdk.stringifyLossless };
const post = (path, body) => fetch(path, { method: "POST", body });
const play = player({
  sdk,
  json,
  operations: operationsOf(await (await fetch("/operations.json")).json()),
  log: import.meta.url.endsWith("?log") ? (line) => post("/log", line) : undefined,
});
const say = (value) => post("/said", json.stringifyLossless(value));

await say({ ready: true });
for (;;) {
  const request = json.parseLossless(await (await fetch("/next")).text());
  play(request).then(
    (results) => say({ id: request.id, results }),
    (error) => say({ id: request.id, fault: String(error.stack) }),
  );
}
