import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { Alarm } from "../src/runtime/alarm.js";

const run = promisify(execFile);
const after = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

test("alarms ring in their order and not too early; one that is cleared does not", async () => {
  const rung: [string, number][] = [];
  const began = performance.now();
  const alarm = (name: string, milliseconds: number): Alarm =>
    new Alarm(milliseconds, () => rung.push([name, performance.now() - began]));
  alarm("late", 120);
  alarm("early", 40);
  alarm("cleared", 60).clear();
  alarm("between", 80);
  await after(300);
  assert.deepEqual(
    rung.map(([name]) => name),
    ["early", "between", "late"],
  );
  for (const [index, least] of [40, 80, 120].entries()) {
    assert.ok((rung[index]?.[1] ?? 0) >= least, `${rung}`);
  }
});

test("a process ends when its calls have, and not before one that still waits", async () => {
  const index = new URL("../src/index.js", import.meta.url).href;
  const script = `
    import Exai from ${JSON.stringify(index)};
    const stopped = (signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const answers = [() => Response.json({}), stopped];
    const fetch = async (_, { signal }) => answers.shift()(signal);
    const options = { apiKey: "sk_test_1", maxRetries: 0, fetch };
    const exai = new Exai(options);
    await exai.plans.get("pln_1", { timeout: 60_000 });
    await exai.plans.get("pln_1", { timeout: 60_000 }).catch(() => {});`;
  const call = (source: string): Promise<{ stdout: string }> =>
    run(process.execPath, ["--input-type=module", "--eval", source], { timeout: 30_000 });
  const idle = script.split("\n").slice(0, -1).join("\n");
  await call(`${idle}\nconsole.log("idle");`);
  const waiting = script.replace(/60_000 }\).catch.*/, "300 }).catch((e) => console.log(e.name));");
  assert.equal((await call(waiting)).stdout.trim(), "TimeoutError");
});
