/** Writes the TypeScript snippets of READMEs, each to a module of its own, with ids of things that the server has. */

import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";

const [folder, ...readmes] = process.argv.slice(2);
const plan = process.env.EXAI_PLAN_ID ?? "pln_abc";
const text = readmes.map((path) => readFileSync(path, "utf8")).join("\n");
const blocks = Array.from(text.matchAll(/^```ts\n(.*?)^```$/gms), ([, code]) => code);
if (blocks.length < 10) throw new Error(`${readmes} have ${blocks.length} snippets`);
for (const [index, code] of blocks.entries()) {
  writeFileSync(`${folder}/snippet${index}.ts`, code.replaceAll('"pln_abc"', JSON.stringify(plan)));
}
