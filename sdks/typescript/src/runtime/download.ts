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

  /** The bytes as they arrive. */
  stream(): ReadableStream<Uint8Array> {
    return this.#response.body ?? new Blob([]).stream();
  }

  /** All bytes in memory. */
  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await this.#response.arrayBuffer());
  }

  /** All bytes as a `Blob` with the content type. */
  blob(): Promise<Blob> {
    return this.#response.blob();
  }

  /** All bytes as UTF-8 text. */
  text(): Promise<string> {
    return this.#response.text();
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

/** Hands the bytes over unread. */
export const readDownload: Reader<Download> = (response) => Promise.resolve(new Download(response));
