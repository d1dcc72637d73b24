import type { Framing, StreamItem } from "./stream.js";

/** Cuts `application/x-ndjson` into its lines; a blank line is none. */
export class LineParser implements Framing {
  #rest = "";

  /** Takes the next piece of text and gives the lines that it completes. */
  *push(text: string): Generator<StreamItem, void, undefined> {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield { data: line };
  }

  /** The last line need not end in a line break. */
  *end(): Generator<StreamItem, void, undefined> {
    if (this.#rest.trim() !== "") yield { data: this.#rest };
    this.#rest = "";
  }
}

/** The framing of an operation that answers with `application/x-ndjson`. */
export const ndjson = (): Framing => new LineParser();
