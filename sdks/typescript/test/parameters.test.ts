import assert from "node:assert/strict";
import { test } from "node:test";
import { formBody } from "../src/runtime/form-body.js";
import { headerExploded, headerJSON, headerSimple } from "../src/runtime/header-styles.js";
import { multipartBody } from "../src/runtime/multipart.js";
import { expandPath, type PathStyle, simple } from "../src/runtime/path.js";
import {
  label,
  labelExploded,
  matrix,
  matrixExploded,
  simpleExploded,
} from "../src/runtime/path-styles.js";
import { form, type QueryStyle, queryPieces } from "../src/runtime/query.js";
import {
  deepObject,
  formJoined,
  formReserved,
  jsonQuery,
  pipeDelimited,
  spaceDelimited,
} from "../src/runtime/query-styles.js";

const array = ["blue", "black", "brown"];
const object = { R: 100, G: 200, B: 150 };

// The style table of OpenAPI 3.1, section 4.8.12.3.
const paths: [string, PathStyle, string, string, string][] = [
  ["simple", simple, "blue", "blue,black,brown", "R,100,G,200,B,150"],
  ["simple exploded", simpleExploded, "blue", "blue,black,brown", "R=100,G=200,B=150"],
  ["label", label, ".blue", ".blue,black,brown", ".R,100,G,200,B,150"],
  ["label exploded", labelExploded, ".blue", ".blue.black.brown", ".R=100.G=200.B=150"],
  ["matrix", matrix, ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"],
  [
    "matrix exploded",
    matrixExploded,
    ";color=blue",
    ";color=blue;color=black;color=brown",
    ";R=100;G=200;B=150",
  ],
];
for (const [name, style, one, many, record] of paths) {
  test(`path style ${name}`, () => {
    assert.equal(style("color", "blue"), one);
    assert.equal(style("color", array), many);
    assert.equal(style("color", object), record);
    assert.ok(!/[/?#]/.test(style("color", "a/b?c#d")));
  });
}

const queries: [string, QueryStyle, string, string][] = [
  ["form", form, "color=blue&color=black&color=brown", "R=100&G=200&B=150"],
  ["form joined", formJoined, "color=blue,black,brown", "color=R,100,G,200,B,150"],
  [
    "spaceDelimited",
    spaceDelimited,
    "color=blue%20black%20brown",
    "color=R%20100%20G%20200%20B%20150",
  ],
  [
    "pipeDelimited",
    pipeDelimited,
    "color=blue%7Cblack%7Cbrown",
    "color=R%7C100%7CG%7C200%7CB%7C150",
  ],
  [
    "deepObject",
    deepObject,
    "color=blue&color=black&color=brown",
    "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
  ],
];
for (const [name, style, many, record] of queries) {
  test(`query style ${name}`, () => {
    assert.equal(style("color", array).join("&"), many);
    assert.equal(style("color", object).join("&"), record);
    assert.equal(style("color", "a&b=c#d+e f").join("&"), "color=a%26b%3Dc%23d%2Be%20f");
  });
}

test("an empty list, null and undefined leave a query parameter out", () => {
  const values = { a: [], b: null, c: undefined, d: false, e: 0, f: "" };
  const styles = { a: form, b: form, c: form, d: form, e: form, f: form };
  assert.deepEqual(queryPieces(styles, values), ["d=false", "e=0", "f="]);
});

test("a delimited value that holds the delimiter does not fall apart", () => {
  assert.deepEqual(formJoined("q", ["a,b", "c"]), ["q=a%2Cb,c"]);
  assert.deepEqual(pipeDelimited("q", ["a|b"]), ["q=a%7Cb"]);
});

test("allowReserved keeps what can not end the value", () => {
  assert.deepEqual(formReserved("q", "a/b?c:d&e#f+g"), ["q=a/b?c:d%26e%23f%2Bg"]);
});

test("a nested object goes on in brackets, and JSON content is one value", () => {
  assert.deepEqual(deepObject("f", { a: { b: 1 }, t: ["x", "y"] }), [
    "f%5Ba%5D%5Bb%5D=1",
    "f%5Bt%5D=x",
    "f%5Bt%5D=y",
  ]);
  assert.deepEqual(jsonQuery("f", { a: [1] }), ["f=%7B%22a%22%3A%5B1%5D%7D"]);
});

test("a property that is called otherwise is sent under its wire name", () => {
  assert.deepEqual(
    queryPieces({ name_query: { name: "name", style: form } }, { name_query: "x" }),
    ["name=x"],
  );
});

test("header styles", () => {
  assert.equal(headerSimple(array), "blue,black,brown");
  assert.equal(headerSimple(object), "R,100,G,200,B,150");
  assert.equal(headerExploded(object), "R=100,G=200,B=150");
  assert.equal(headerJSON({ a: "é" }), '{"a":"\\u00e9"}');
});

test("a path value can not leave its segment", () => {
  const fill = (...values: unknown[]): string =>
    expandPath("/runs/{run_id}/nodes/{node_id}", values);
  assert.equal(fill("a/../b", "x?y#z"), "/runs/a%2F..%2Fb/nodes/x%3Fy%23z");
  assert.equal(fill("%2e%2e", "a'b(c)*!"), "/runs/%252e%252e/nodes/a%27b%28c%29%2A%21");
  for (const value of ["", ".", "..", undefined, null]) {
    assert.throws(() => fill(value, "x"), TypeError);
  }
  assert.equal(expandPath("/files/{a}.{b}", ["x", "y"]), "/files/x.y");
  assert.throws(() => expandPath("/files/{a}{b}", [".", "."]), TypeError);
});

test("what an object's prototype has is no argument, no style and no media type", async () => {
  assert.deepEqual(queryPieces({ constructor: form, ["__proto__"]: form, q: form }, { q: 1 }), [
    "q=1",
  ]);
  const named = JSON.parse('{"__proto__": "a", "constructor": "b", "toString": "c"}');
  const written = "__proto__=a&constructor=b&toString=c";
  assert.equal(formBody()(named).content, written);
  const parts = await new Response(multipartBody()(named).content as Blob).text();
  for (const name of Object.keys(named)) {
    assert.match(parts, new RegExp(`name="${name}"\r\n\r\n[abc]\r\n`));
  }
});
