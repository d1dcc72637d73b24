/** Files: a form with a file, bytes as they are, and a download that is never in memory whole. */

import { createHash } from "node:crypto";
import Exai from "@exai/sdk";

const exai = new Exai();
const file = new File(["a,b\n1,2\n"], "table.csv", { type: "text/csv" });
const asset = await exai.builder.assets.upload({ file, purpose: "reference" });
console.log(asset.id);

const name = `files-${crypto.randomUUID()}`;
const workspace = await exai.workspaces.createAndWait({ name }, { timeout: 60_000 });
const path = "data/zeros.bin";
await exai.workspaces.files.upload(workspace.id, new Uint8Array(1 << 20), { path });

const hash = createHash("sha256");
const download = await exai.workspaces.files.download(workspace.id, { path });
for await (const piece of download) hash.update(piece);
console.log(download.contentLength, hash.digest("hex"));
