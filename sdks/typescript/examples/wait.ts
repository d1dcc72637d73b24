/** A wait that outlives the process: its token is stored, and taken up again. */

import Exai from "@exai/sdk";

const exai = new Exai();
const plan = await exai.plans.create({
  name: `wait-${crypto.randomUUID()}`,
  nodes: [{ type: "wait", key: "pause", until: { type: "duration", duration: "PT20S" } }],
});

let stored = ""; // A row of a database, in earnest.
const stop = new AbortController();
const onWaiting = (token: string): void => {
  stored = token;
  stop.abort(); // As when the process is ended meanwhile.
};
try {
  await exai.runs.startAndWait({ plan_id: plan.id }, { onWaiting, signal: stop.signal });
} catch (error) {
  if (!(error instanceof Exai.AbortError)) throw error;
  console.log("not done yet");
}

const done = await exai.runs.startAndWaitFrom(stored, { timeout: 60_000 });
console.log(done.status);
