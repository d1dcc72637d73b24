import { SDKError } from "./errors.js";
import type { Framing, StreamItem } from "./stream.js";

/** A server that sends no end is not trusted with the client's memory. */
const longestLine = 64 * 2 ** 20;

/** Cuts `application/x-ndjson` into its lines; a blank line is none. */
export class LineParser implements Framing {
  /** What has no line end yet, in pieces; joining them for each new one would take for ever. */
  #rest: string[] = [];
  /** Its characters. */
  #pending = 0;

  /**
   * Takes the next piece of text and gives the lines that it completes.
   *
   * @throws SDKError for a line that does not end.
   */
  *push(text: string): Generator<StreamItem, void, undefined> {
    const [first = "", ...others] = text.split("\n");
    this.#hold(first);
    for (const next of others) {
      yield* this.end();
      this.#hold(next);
    }
  }

  /** The last line need not end in a line break. */
  *end(): Generator<StreamItem, void, undefined> {
    const data = this.#rest.join("");
    this.#rest = [];
    this.#pending = 0;
    if (data.trim() !== "") yield { data };
  }

  #hold(text: string): void {
    if (text === "") return;
    this.#rest.push(text);
    this.#pending += text.length;
    if (this.#pending > longestLine) throw new SDKError("A line is longer than 64 MiB");
  }
}

/** The framing of an operation that answers with `application/x-ndjson`. */
export const ndjson = (): Framing => new LineParser();
