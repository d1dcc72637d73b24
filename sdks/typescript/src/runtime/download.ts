import { AbortError, ConnectionError } from "./errors.js";
import type { Reader } from "./operation.js";

/** Bytes that a server sends, not read yet. Read them once, in one of these ways, or `cancel`. */
export class Download implements AsyncIterable<Uint8Array> {
  readonly #response: Response;

  constructor(response: Response) {
    this.#response = response;
  }

  /** The media type that the server names: `application/gzip`. */
  get contentType(): string | undefined {
    return this.#response.headers.get("content-type") ?? undefined;
  }

  /** The number of bytes to come, where the server says it and did not compress them on the way. */
  get contentLength(): number | undefined {
    const { headers } = this.#response;
    const length = headers.get("content-length");
    return length === null || headers.has("content-encoding") ? undefined : Number(length);
  }

  /** The bytes as they arrive. It fails with a `ConnectionError` where they end too soon. */
  stream(): ReadableStream<Uint8Array> {
    const { body } = this.#response;
    if (body === null) return new Blob([]).stream();
    const length = this.contentLength;
    let arrived = 0;
    const reader = body.getReader();
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      const next = await reader.read().catch(brokenOff);
      if (!next.done) {
        arrived += next.value.byteLength;
        controller.enqueue(next.value);
      } else if (length !== undefined && arrived < length) {
        brokenOff(new Error(`${arrived} of ${length} bytes came`));
      } else {
        controller.close();
      }
    };
    const cancel = (reason: unknown): Promise<void> => reader.cancel(reason);
    return new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
  }

  /** All bytes in memory. */
  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await (await this.blob()).arrayBuffer());
  }

  /** All bytes as a `Blob` with the content type. */
  async blob(): Promise<Blob> {
    // A `Response` of the stream would do the same, but some hide what the stream fails with.
    const pieces: BlobPart[] = [];
    for await (const piece of this) pieces.push(piece as Uint8Array<ArrayBuffer>);
    const { contentType } = this;
    return new Blob(pieces, contentType === undefined ? {} : { type: contentType });
  }

  /** All bytes as UTF-8 text. */
  async text(): Promise<string> {
    return (await this.blob()).text();
  }

  /** Drops what was not read and frees the connection. */
  async cancel(): Promise<void> {
    await this.#response.body?.cancel();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = this.stream().getReader();
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
    } finally {
      await reader.cancel();
    }
  }
}

/** Only the caller's signal aborts a body. */
function brokenOff(cause: unknown): never {
  if (cause instanceof Error && cause.name === "AbortError") {
    throw new AbortError("The download was stopped", { cause });
  }
  throw new ConnectionError("The download broke off", { cause });
}

/** Hands the bytes over unread. */
export const readDownload: Reader<Download> = (response) => Promise.resolve(new Download(response));
