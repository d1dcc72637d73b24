// For workerd: the answer to a request says how it went.

import * as sdk from "@exai/sdk";
import { smoke } from "./smoke.mjs";

export default {
  async fetch(_request, { EXAI_BASE_URL, EXAI_API_KEY }) {
    try {
      const said = await smoke(sdk, { baseURL: EXAI_BASE_URL, apiKey: EXAI_API_KEY });
      return new Response(said);
    } catch (error) {
      return new Response(String(error.stack), { status: 500 });
    }
  },
};
