// Reads `MODEL TAB JSON` lines as the package reads answers, and writes them as it writes bodies.
// That a value is of its model's type is said by the compiler, in `check.ts`.

import { createInterface } from "node:readline";
import { parseLossless, stringifyLossless } from "./runtime/lossless-json.js";

/** Whether a model may hold a long integer, and so is read without loss. */
const models = [
  // MODELS
];

for await (const line of createInterface({ input: process.stdin })) {
  const tab = line.indexOf("\t");
  const text = line.slice(tab + 1);
  try {
    const lossless = models[Number(line.slice(0, tab))];
    const again = lossless ? stringifyLossless(parseLossless(text)) : JSON.stringify(JSON.parse(text));
    process.stdout.write(`ok\t${again}\n`);
  } catch (error) {
    process.stdout.write(`error\t${String(error).replaceAll("\n", " ")}\n`);
  }
}
