import assert from "node:assert/strict";
import { test } from "node:test";
import type { UnknownVariant } from "../src/runtime/open.js";

type Event =
  | { type: "node.completed"; node_id: string }
  | { type: "run.failed"; reason: string | null }
  | UnknownVariant<"type">;

/** Compiles only where each comparison narrows to its own variant. */
function tell(event: Event): string {
  if (event.type === "node.completed") return event.node_id.toUpperCase();
  switch (event.type) {
    case "run.failed":
      return event.reason ?? "none";
    default:
      return `${event.type}:${String(event["extra"])}`;
  }
}

test("a known tag narrows to its variant, and an unknown one keeps what it came with", () => {
  assert.equal(tell({ type: "node.completed", node_id: "nod_1" }), "NOD_1");
  assert.equal(tell({ type: "run.failed", reason: null }), "none");
  assert.equal(tell(JSON.parse('{"type":"new","extra":1}') as Event), "new:1");
});
