// Prints a line of JSON a figure; `benches/README.md` says what they are.

import Exai from "@exai/sdk";
import { createParser } from "eventsource-parser";
import OpenAI from "openai";
import { compare } from "./rounds.mjs";

const url = process.env.EXAI_BENCH_URL;
const token = "sk_test_benchmark";
const exai = new Exai({ apiKey: token, baseURL: url });
const openai = new OpenAI({ apiKey: token, baseURL: url });
const headers = { Authorization: `Bearer ${token}`, Accept: "application/json" };

/** Figures by a word of their own, so that one can be run alone. */
const figures = {
  async get() {
    const raw = async () => (await fetch(`${url}/runs/run_1`, { headers })).json();
    const ours = () => exai.runs.get("run_1");
    const how = { times: 200, rounds: 60 };
    const what = "small GET, CPU over raw fetch";
    await say(compare({ what, peer: "fetch", at_most: 1.05 }, ours, raw, how));
    const theirs = () => openai.files.retrieve("file-1");
    await say(compare({ what: "small GET", peer: "openai" }, ours, theirs, how));
  },

  async page() {
    const raw = async () => (await fetch(`${url}/agents?limit=100`, { headers })).json();
    const ours = () => exai.agents.list({ limit: 100 }).page();
    const how = { times: 50, rounds: 40 };
    await say(compare({ what: "page of 100, CPU over raw fetch", peer: "fetch" }, ours, raw, how));
    const theirs = () => openai.files.list({ limit: 100 });
    await say(compare({ what: "page of 100", peer: "openai" }, ours, theirs, how));
  },

  async events() {
    const events = 20_000;
    const ours = async () => {
      let count = 0;
      const run = exai.runs.events("run_1", { query: { events } });
      for await (const event of run) count += event.type === "node.completed" ? 1 : 0;
      if (count !== events) throw new Error(`${count} events`);
    };
    const raw = async () => {
      let count = 0;
      const parser = createParser({
        onEvent({ data }) {
          count += JSON.parse(data).type === "node.completed" ? 1 : 0;
        },
      });
      const response = await fetch(`${url}/runs/run_1/events?events=${events}`, { headers });
      const decoder = new TextDecoder();
      for await (const bytes of response.body) parser.feed(decoder.decode(bytes, { stream: true }));
      if (count !== events) throw new Error(`${count} events`);
    };
    const theirs = async () => {
      let count = 0;
      const body = { model: "m", messages: [], stream: true };
      const more = { headers: { "X-Events": String(events) } };
      for await (const chunk of await openai.chat.completions.create(body, more)) {
        count += chunk.object === "chat.completion.chunk" ? 1 : 0;
      }
      if (count < events) throw new Error(`${count} chunks`);
    };
    const how = { times: 1, rounds: 30, per: events };
    const what = "SSE event with JSON";
    const parser = "eventsource-parser + JSON.parse";
    await say(compare({ what, peer: parser, at_most: 1.15 }, ours, raw, how));
    await say(compare({ what, peer: "openai", at_most: 0.25 }, ours, theirs, how));
  },

  async streams() {
    const stop = new AbortController();
    const memory = () => {
      globalThis.gc();
      const { rss, heapUsed, external } = process.memoryUsage();
      return { rss, used: heapUsed + external };
    };
    const before = memory();
    let open = 0;
    let seen = 0;
    const reading = Array.from({ length: 1_000 }, async () => {
      const options = { query: { every_ms: 1_000 }, signal: stop.signal, timeout: 60_000 };
      let first = true;
      for await (const _event of exai.runs.events("run_1", options)) {
        if (first) open += 1;
        first = false;
        seen += 1;
      }
    });
    const over = Promise.allSettled(reading);
    const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    for (let tries = 0; open < 1_000 && tries < 60; tries += 1) await wait(1);
    const minutes = Number(process.env.EXAI_BENCH_MINUTES ?? 0.5);
    await wait(5);
    const early = memory();
    await wait(minutes * 60);
    const late = memory();
    stop.abort();
    await over;
    const kib = (bytes) => (bytes / open / 1024).toFixed(1);
    const grown = kib(late.used - early.used);
    const said =
      `${open} open: ${kib(late.used - before.used)} KiB each (resident ` +
      `${kib(late.rss - before.rss)}); ${grown} KiB more after ${minutes} min, ${seen} events`;
    await say({ what: "1,000 concurrent streams of one client, memory a stream", said });
  },
};

async function say(figure) {
  process.stdout.write(`${JSON.stringify(await figure)}\n`);
}

const chosen = process.argv.slice(2);
for (const [name, run] of Object.entries(figures)) {
  if (chosen.length === 0 || chosen.includes(name)) await run();
}
