import assert from "node:assert/strict";
import { test } from "node:test";
import { formBody } from "../src/runtime/form-body.js";
import { multipartBody } from "../src/runtime/multipart.js";
import type { Operation } from "../src/runtime/operation.js";
import { readNothing } from "../src/runtime/read.js";
import { send } from "../src/runtime/send.js";
import { coreOf, serve } from "./server.js";

const upload: Operation<undefined> = {
  id: "upload",
  method: "POST",
  path: "/assets",
  body: multipartBody({ thumbnail: "image/png" }),
  bodyRequired: true,
  read: readNothing,
};

test("files, values, lists and records are parts that a form parser reads back", async (t) => {
  const server = await serve(t, (_request, response) => {
    response.writeHead(204).end();
  });
  const file = new File(["hello"], 'a "quoted"\r\nname.txt', { type: "text/plain" });
  await send(coreOf(server), upload, {
    params: {
      file,
      thumbnail: new Uint8Array([1, 2, 3]),
      named: { data: "x", filename: "x.csv", contentType: "text/csv" },
      purpose: "ünï",
      tags: ["a", "b"],
      meta: { deep: [1] },
      left_out: undefined,
    },
  });
  const [request] = server.received;
  const type = String(request?.headers["content-type"]);
  assert.match(type, /^multipart\/form-data; boundary=/);
  assert.ok(request?.headers["content-length"], "the length is known");
  const form = await new Response(new Uint8Array(request?.body ?? []), {
    headers: { "Content-Type": type },
  }).formData();
  const part = form.get("file") as File;
  assert.equal(await part.text(), "hello");
  assert.equal(part.type, "text/plain");
  assert.equal(part.name, 'a "quoted"\r\nname.txt');
  assert.ok(String(request?.body).includes('filename="a %22quoted%22%0D%0Aname.txt"\r\n'));
  const thumbnail = form.get("thumbnail") as File;
  assert.equal(thumbnail.type, "image/png");
  assert.deepEqual(new Uint8Array(await thumbnail.arrayBuffer()), new Uint8Array([1, 2, 3]));
  const named = form.get("named") as File;
  assert.deepEqual([named.name, named.type, await named.text()], ["x.csv", "text/csv", "x"]);
  assert.equal(form.get("purpose"), "ünï");
  assert.deepEqual(form.getAll("tags"), ["a", "b"]);
  assert.equal(form.get("meta"), '{"deep":[1]}');
  assert.equal(form.has("left_out"), false);
});

test("a name or a type can not write a header", () => {
  const encode = multipartBody();
  assert.throws(
    () => encode({ f: { data: "x", filename: "f", contentType: "text/plain\r\nX-Evil: 1" } }),
    TypeError,
  );
});

test("a form body is percent-encoded", async (t) => {
  const server = await serve(t, (_request, response) => {
    response.writeHead(204).end();
  });
  await send(
    coreOf(server),
    { ...upload, body: formBody() },
    { params: { a: "x y&z", list: [1, 2], none: undefined } },
  );
  const [request] = server.received;
  assert.equal(request?.headers["content-type"], "application/x-www-form-urlencoded");
  assert.deepEqual(
    [...new URLSearchParams(String(request?.body))],
    [
      ["a", "x y&z"],
      ["list", "1"],
      ["list", "2"],
    ],
  );
});
