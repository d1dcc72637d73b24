// Makes a call a line, and says `done`. The lines name methods as `api.md` does.

import { createInterface } from "node:readline";
import Client from "PACKAGE/dist/index.js";

// The token of the environment serves every scheme but the basic ones.
const login = { username: "user", password: "pass" };
const credentials = Object.fromEntries(["BASIC"].map((name) => [name, login]));
const client = new Client({ credentials });

for await (const line of createInterface({ input: process.stdin })) {
  const { method, values } = JSON.parse(line);
  let said = "done";
  try {
    const accessors = method.split(".");
    const name = accessors.pop();
    const owner = accessors.reduce((at, accessor) => at[accessor], client);
    const made = owner[name](...values);
    if ("withResponse" in made && !("close" in made)) await made;
    else for await (const _ of made) break;
  } catch (error) {
    said = String(error).replaceAll("\n", " ");
  }
  process.stdout.write(`${said}\n`);
}
