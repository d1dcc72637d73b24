/** Lists: all items, page after page, or one page with what came beside it. */

import Exai from "@exai/sdk";

const exai = new Exai();
let count = 0;
for await (const agent of exai.agents.list({ limit: 5 })) {
  console.log(agent.id);
  if (++count === 12) break; // Nothing more is fetched.
}

const page = await exai.agents.list({ limit: 5 }).page();
console.log(page.items.length, page.hasNext, page.info.receipt);
const second = await page.next();
console.log(second?.items.length ?? 0);
