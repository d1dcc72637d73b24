import assert from "node:assert/strict";
import { test } from "node:test";
import { SDKError } from "../src/runtime/errors.js";
import { LineParser } from "../src/runtime/ndjson.js";
import { EventStreamParser } from "../src/runtime/sse.js";

function parse(...pieces: string[]): unknown[] {
  const parser = new EventStreamParser();
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
}
const event = (data: string, more: object = {}): object => ({
  event: "message",
  data,
  id: "",
  ...more,
});

// The examples of the HTML standard, section 9.2.6.
test("data lines are joined, an event without data is none, comments are skipped", () => {
  assert.deepEqual(parse("data: YHOO\ndata: +2\ndata: 10\n\n"), [event("YHOO\n+2\n10")]);
  assert.deepEqual(
    parse(
      ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
    ),
    [event("first event", { id: "1" }), event("second event"), event(" third event")],
  );
  assert.deepEqual(parse("data\n\ndata\ndata\n\ndata:"), [event(""), event("\n")]);
  assert.deepEqual(parse("data:test\n\ndata: test\n\n"), [event("test"), event("test")]);
});

test("an id stays until another comes, and one with NUL is ignored", () => {
  assert.deepEqual(parse("id: 7\ndata: a\n\ndata: b\n\nid: x\0\ndata: c\n\n"), [
    event("a", { id: "7" }),
    event("b", { id: "7" }),
    event("c", { id: "7" }),
  ]);
});

test("an event's type holds for one event", () => {
  assert.deepEqual(parse("event: node\ndata: a\n\ndata: b\n\n"), [
    event("a", { event: "node" }),
    event("b"),
  ]);
});

test("the retry field is digits only", () => {
  const parser = new EventStreamParser();
  parser.push("retry: 250\nretry: soon\n\n");
  assert.equal(parser.retry, 250);
});

test("any cut of the text gives the same events, with every line ending", () => {
  const source = "\ufeffid: 1\ndata: a\ndata: b\n\n: beat\n\nevent: x\ndata: é😀\n\n";
  for (const ending of ["\n", "\r", "\r\n"]) {
    const text = source.replaceAll("\n", ending);
    const whole = parse(text);
    assert.equal(whole.length, 2);
    for (let cut = 0; cut <= text.length; cut++) {
      assert.deepEqual(parse(text.slice(0, cut), text.slice(cut)), whole, `${cut}`);
    }
    assert.deepEqual(parse(...text), whole);
  }
});

test("an event that does not end is refused, wherever its text is cut", () => {
  const data = `data: ${"x".repeat(2 ** 20)}`;
  const push = (piece: string): [number, unknown] => {
    const parser = new EventStreamParser();
    const events = Array.from({ length: 66 }, () => parser.push(piece)).flat();
    return [events.length, parser.failure?.constructor];
  };
  assert.deepEqual(push(data), [0, SDKError]);
  assert.deepEqual(push(`${data}\n`), [0, SDKError]);
  assert.deepEqual(push(`${data}\n\n`), [66, undefined]);
  // What came whole before it is handed over still.
  const parser = new EventStreamParser();
  assert.equal(parser.push(`data: a\n\n${data}`.padEnd(70 * 2 ** 20, "x")).length, 1);
  assert.ok(parser.failure instanceof SDKError);
});

test("lines of NDJSON may end anywhere, the last without a break", () => {
  const parser = new LineParser();
  const items = ['{"a":1}\r\n{"a"', ":2}\n\n", '{"a":3}'].flatMap((piece) => [
    ...parser.push(piece),
  ]);
  assert.deepEqual(
    [...items, ...parser.end()].map(({ data }) => JSON.parse(data)),
    [{ a: 1 }, { a: 2 }, { a: 3 }],
  );
});
