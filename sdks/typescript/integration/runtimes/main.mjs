// For the runtimes that have an environment: Node, Deno, Bun.

import { smoke } from "./smoke.mjs";

const sdk = await import(`${globalThis.process.env.SDK_DIST}/index.js`);
console.log(await smoke(sdk));
globalThis.process.exit(0);
