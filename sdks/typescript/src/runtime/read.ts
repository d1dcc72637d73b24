import type { Reader } from "./operation.js";

/** A body that is not what its content type says. The caller meets it as a `DecodeError`. */
export class MalformedBody extends Error {
  override readonly name: string = "MalformedBody";
  readonly body: string;

  constructor(body: string, cause: unknown) {
    super("The body of the answer could not be decoded", { cause });
    this.body = body;
  }
}

/** Reads a body to its end and hands it to `parse`; a connection that breaks throws as `fetch` does. */
export function readBody<T>(response: Response, parse: (source: string) => T): Promise<T> {
  return response.text().then((source) => {
    try {
      return parse(source);
    } catch (error) {
      // Some `fetch` takes a connection that closes between two chunks for the end of the body.
      const sized = response.headers.has("content-length");
      if (!sized && stopsShort(source)) throw new Error("The body broke off", { cause: error });
      throw new MalformedBody(source, error);
    }
  });
}

/** Whether a text that is no JSON ends within a string, an array or an object. */
function stopsShort(source: string): boolean {
  const plain = source.replace(/"(?:[^"\\]|\\.)*"/g, "");
  const count = (bracket: RegExp): number => plain.match(bracket)?.length ?? 0;
  return plain.includes('"') || count(/[[{]/g) > count(/[\]}]/g);
}

/** The text of one JSON value, as the streams read it. */
export const parseJSON = (source: string): unknown => JSON.parse(source);

/** Reads a JSON answer. */
export const readJSON: Reader<never> = (response) =>
  readBody(response, (source) => JSON.parse(source) as never);

/** Reads a JSON answer that may be null, which no body at all is too. */
export const readNullableJSON: Reader<never> = (response) =>
  readBody(response, (source) => JSON.parse(source || "null") as never);

/** Reads an answer as text, whatever its content type. */
export const readText: Reader<string> = (response) => response.text();

/** Reads an answer that carries nothing; a body that comes all the same is dropped. */
export const readNothing: Reader<undefined> = async (response) => {
  await response.body?.cancel();
  return undefined;
};
