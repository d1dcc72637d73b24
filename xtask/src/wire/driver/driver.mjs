// Makes a call a line, and says `done` and what it gives. The lines name methods as `api.md` does.

import { createInterface } from "node:readline";
import Client from "PACKAGE/dist/index.js";

// The token of the environment serves every scheme but the basic ones.
const login = { username: "user", password: "pass" };
const credentials = Object.fromEntries(["BASIC"].map((name) => [name, login]));
const client = new Client({ credentials });

/** Files and bytes stand in the lines as base64, with a name where they are files. */
function given(value) {
  if (Array.isArray(value)) return value.map(given);
  if (typeof value?.base64 !== "string") return value;
  const bytes = Uint8Array.from(Buffer.from(value.base64, "base64"));
  const { file_name: name, content_type: type } = value;
  return name ? new File([bytes], name, { type }) : bytes;
}

/** An argument, and the members of one that holds others. */
function argument(value) {
  const isBytes = typeof value?.base64 === "string";
  if (isBytes || Array.isArray(value) || typeof value !== "object" || !value) return given(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, given(member)]));
}

for await (const line of createInterface({ input: process.stdin })) {
  const { method, values } = JSON.parse(line);
  let said = "done";
  try {
    const accessors = method.split(".");
    const name = accessors.pop();
    const owner = accessors.reduce((at, accessor) => at[accessor], client);
    const made = owner[name](...values.map(argument));
    let value = null;
    if ("withResponse" in made && !("close" in made)) value = await made;
    else for await (const item of made) {
      value = item;
      break;
    }
    if (typeof value?.bytes === "function") {
      value = { base64: Buffer.from(await value.bytes()).toString("base64") };
    }
    said += ` ${JSON.stringify(value ?? null, (_, v) => (typeof v === "bigint" ? Number(v) : v))}`;
  } catch (error) {
    said = String(error).replaceAll("\n", " ");
  }
  process.stdout.write(`${said}\n`);
}
