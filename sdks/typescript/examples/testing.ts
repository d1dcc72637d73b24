/** A test of your own code, without a server: `node --test`. */

import assert from "node:assert/strict";
import { test } from "node:test";
import Exai, { type Agent } from "@exai/sdk";
import { FakeExai, failure } from "@exai/sdk/testing";

/** The code under test. */
async function titles(exai: Exai): Promise<string[]> {
  const found: string[] = [];
  for await (const agent of exai.agents.list()) found.push(agent.title);
  return found;
}

test("titles are those of all pages", async () => {
  const fake = new FakeExai({ pageSize: 2 });
  const agents = ["A", "B", "C"].map((title) => ({ title }) as Agent);
  fake.answer("listAgents", agents);
  assert.deepEqual(await titles(fake.client()), ["A", "B", "C"]);
  assert.equal(fake.callsOf("listAgents").length, 2);
});

test("an error of the API is handed on", async () => {
  const fake = new FakeExai();
  fake.answer("listAgents", failure(Exai.ForbiddenRoleError, { message: "not you" }));
  await assert.rejects(titles(fake.client()), /not you/);
});
