// For a browser: the page tells the server that it comes from how it went.

import * as sdk from "@exai/sdk";
import { smoke } from "./smoke.mjs";

const say = (said) => fetch("/said", { method: "POST", body: JSON.stringify(said) });
const { baseURL, apiKey } = await (await fetch("/settings")).json();
smoke(sdk, { baseURL, apiKey }).then(
  (ok) => say({ ok }),
  (error) => say({ error: String(error.stack) }),
);
