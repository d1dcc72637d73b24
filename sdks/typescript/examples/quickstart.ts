/** The first call: a plan, a run of it, and what happens in it. */

import Exai from "@exai/sdk";

const exai = new Exai(); // EXAI_API_KEY, and EXAI_BASE_URL where it is set
const plan = await exai.plans.create({
  name: `quickstart-${crypto.randomUUID()}`,
  nodes: [{ type: "wait", key: "pause", until: { type: "duration", duration: "PT0S" } }],
});
const run = await exai.runs.start({ plan_id: plan.id });
for await (const event of exai.runs.events(run.id)) {
  if (event.type === "node.completed") console.log(`${event.node_id} is done`);
}
console.log((await exai.runs.get(run.id)).status);
