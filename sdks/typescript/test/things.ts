import { jsonBody } from "../src/runtime/body.js";
import { headerSimple } from "../src/runtime/header-styles.js";
import type { Operation } from "../src/runtime/operation.js";
import { form } from "../src/runtime/query.js";
import { readJSON } from "../src/runtime/read.js";

/** What the operations of these tests are of. */
export interface Thing {
  readonly id: string;
}

export const get: Operation<Thing> = {
  id: "getThing",
  method: "GET",
  path: "/things/{id}",
  accept: "application/json",
  read: readJSON,
};
export const create: Operation<Thing> = {
  id: "createThing",
  method: "POST",
  path: "/things",
  query: { dry_run: form },
  headers: { "If-Match": headerSimple },
  body: jsonBody,
  bodyRequired: true,
  accept: "application/json",
  idempotencyKey: "Idempotency-Key",
  read: readJSON,
};
export const uuid: RegExp = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
