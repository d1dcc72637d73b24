import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLossless, stringifyLossless } from "../src/runtime/lossless-json.js";

test("integers that a double can not hold are read as bigint, all others as number", () => {
  const source =
    '{"a":9007199254740993,"b":-9223372036854775808,"c":9007199254740991,"d":1.2345678901234567890,' +
    '"e":12345678901234567e3,"f":"9007199254740993","g":[18446744073709551615],"h":1}';
  assert.deepEqual(parseLossless(source), {
    a: 9007199254740993n,
    b: -9223372036854775808n,
    c: 9007199254740991,
    d: 1.2345678901234567,
    e: 12345678901234567e3,
    f: "9007199254740993",
    g: [18446744073709551615n],
    h: 1,
  });
});

test("strings that look like numbers, marks or escapes stay what they are", () => {
  const value = {
    a: 'x\\"9007199254740993',
    b: "int:9007199254740993",
    'k"12345678901234567': "\\",
  };
  assert.deepEqual(parseLossless(JSON.stringify({ ...value, n: 1 })), { ...value, n: 1 });
  const mixed = `{"a":"int:1","n":9007199254740993}`;
  assert.deepEqual(parseLossless(mixed), { a: "int:1", n: 9007199254740993n });
});

test("what is not JSON is refused, long integers or not", () => {
  for (const source of [
    "{1234567890123456789:1}",
    "[01234567890123456789]",
    "[12345678901234567",
    "",
  ]) {
    assert.throws(() => parseLossless(source), SyntaxError);
  }
});

test("bigints are written as integers, and back again", () => {
  const value = { a: 9007199254740993n, b: "int:0", c: [1n, "int:1"], d: undefined };
  const written = stringifyLossless(value);
  assert.equal(written, '{"a":9007199254740993,"b":"int:0","c":[1,"int:1"]}');
  assert.equal(stringifyLossless(parseLossless(written)), written);
  assert.equal(stringifyLossless({ a: 1, b: "int:0" }), '{"a":1,"b":"int:0"}');
});

test("a long text of strings is read without running out of stack", () => {
  const long = "x\\n".repeat(1_000_000);
  const parsed = parseLossless(`{"s":"${long}","n":9007199254740993}`) as { n: bigint };
  assert.equal(parsed.n, 9007199254740993n);
});
