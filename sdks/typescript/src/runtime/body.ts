import type { BodyEncoder, EncodedBody } from "./operation.js";

/** `application/json`, by `JSON.stringify`: properties that are `undefined` are left out. */
export const jsonBody: BodyEncoder = (value) => ({
  content: JSON.stringify(value),
  contentType: "application/json",
  replayable: true,
});

/** The same content under another media type: `application/merge-patch+json`. */
export function bodyAs(contentType: string, encoder: BodyEncoder): BodyEncoder {
  return (value) => ({ ...encoder(value), contentType });
}

/** What an operation that takes bytes can be given. */
export type BytesInput =
  | Uint8Array
  | ArrayBuffer
  | Blob
  | string
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/**
 * Bytes or text as they are, under a media type of the document. A stream is sent while it is
 * read, and is not tried again when the connection breaks; a `Blob` (in Node also one from
 * `fs.openAsBlob`) is streamed too, and can be.
 */
export function rawBody(contentType: string): BodyEncoder {
  return (value) => ({ ...rawContent(value as BytesInput), contentType });
}

function rawContent(value: BytesInput): Omit<EncodedBody, "contentType"> {
  if (typeof value === "string" || value instanceof Blob || value instanceof ArrayBuffer) {
    return { content: value, replayable: true };
  }
  if (ArrayBuffer.isView(value)) return { content: value as BodyInit, replayable: true };
  if (value instanceof ReadableStream) return { content: value, replayable: false };
  return { content: streamOf(value), replayable: false };
}

/** `ReadableStream.from`, which browsers do not all have yet. */
function streamOf(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel(reason) {
      await iterator.return?.(reason);
    },
  });
}
