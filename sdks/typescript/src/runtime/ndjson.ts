import { SDKError } from "./errors.js";
import type { Framing, StreamItem } from "./stream.js";

/** A server that sends no end is not trusted with the client's memory. */
const longestLine = 64 * 2 ** 20;

/** Cuts `application/x-ndjson` into its lines; a blank line is none. */
export class LineParser implements Framing {
  /** Set once a line does not end; nothing is read behind it. */
  failure: SDKError | undefined;
  /** What has no line end yet, in pieces; joining them for each new one would take for ever. */
  #rest: string[] = [];
  /** Its characters. */
  #pending = 0;

  /** Takes the next piece of text and gives the lines that it completes. */
  push(text: string): StreamItem[] {
    if (this.failure !== undefined) return [];
    const [first = "", ...others] = text.split("\n");
    const lines: StreamItem[] = [];
    this.#hold(first);
    for (const next of others) {
      if (this.failure !== undefined) break;
      lines.push(...this.end());
      this.#hold(next);
    }
    return lines;
  }

  /** The last line need not end in a line break. */
  end(): StreamItem[] {
    const data = this.#rest.join("");
    this.#rest = [];
    this.#pending = 0;
    return data.trim() === "" ? [] : [{ data }];
  }

  #hold(text: string): void {
    if (text === "") return;
    this.#rest.push(text);
    this.#pending += text.length;
    if (this.#pending > longestLine) this.failure = new SDKError("A line is longer than 64 MiB");
  }
}

/** The framing of an operation that answers with `application/x-ndjson`. */
export const ndjson = (): Framing => new LineParser();
