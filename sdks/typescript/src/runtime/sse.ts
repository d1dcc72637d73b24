import { SDKError } from "./errors.js";
import type { Framing, StreamItem } from "./stream.js";

/** A server that sends no end is not trusted with the client's memory. */
const longestEvent = 64 * 2 ** 20;

/** One server-sent event. */
export interface ServerSentEvent extends StreamItem {
  /** The event's type; `message` when the server names none. */
  readonly event: string;
  readonly data: string;
  /** The last id that the server sent up to here; empty before the first. */
  readonly id: string;
}

/**
 * Reads the text of an event stream by the rules of the HTML standard, section 9.2.6
 * ("Interpreting an event stream"). The text may be cut anywhere; lines end with CR, LF or CRLF.
 */
export class EventStreamParser implements Framing {
  /** Milliseconds that the server asks to wait before reconnecting. */
  retry: number | undefined;
  /** What has no line end yet, in pieces; joining them for each new one would take for ever. */
  #rest: string[] = [];
  /** Its characters. */
  #pending = 0;
  #started = false;
  #data: string[] = [];
  /** The characters of the data. */
  #size = 0;
  #event = "";
  #id = "";

  /** Takes the next piece of text and gives the events that it completes. */
  *push(text: string): Generator<ServerSentEvent, void, undefined> {
    const afterCR = this.#rest.at(-1)?.endsWith("\r") ?? false;
    if (this.#started && !afterCR && !/[\r\n]/.test(text)) {
      this.#hold(text);
      return;
    }
    const rest = this.#rest.join("");
    let source = rest + text;
    if (!this.#started && source !== "") {
      this.#started = true;
      if (source.startsWith("\ufeff")) source = source.slice(1);
    }
    let start = 0;
    const lineEnd = /\r\n?|\n/g;
    // A search from where the last one ended: what is left over holds no line end but a CR at most.
    lineEnd.lastIndex = Math.max(0, rest.length - 1);
    for (let match = lineEnd.exec(source); match !== null; match = lineEnd.exec(source)) {
      // A CR at the very end may be half of a CRLF.
      if (match[0] === "\r" && lineEnd.lastIndex === source.length) break;
      const event = this.#line(source.slice(start, match.index));
      start = lineEnd.lastIndex;
      if (event !== undefined) yield event;
    }
    this.#rest = [];
    this.#pending = 0;
    this.#hold(source.slice(start));
  }

  #hold(text: string): void {
    if (text === "") return;
    this.#rest.push(text);
    this.#pending += text.length;
    this.#bound();
  }

  /** @throws SDKError for an event that does not end. */
  #bound(): void {
    if (this.#size + this.#pending > longestEvent) {
      throw new SDKError("An event is larger than 64 MiB");
    }
  }

  /** An event that is not complete when the stream ends is dropped, save for a last CR. */
  *end(): Generator<ServerSentEvent, void, undefined> {
    if (this.#rest.at(-1)?.endsWith("\r")) yield* this.push("\n");
    this.#rest = [];
  }

  #line(line: string): ServerSentEvent | undefined {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const raw = colon < 0 ? "" : line.slice(colon + 1);
    const value = raw.startsWith(" ") ? raw.slice(1) : raw;
    if (field === "data") {
      this.#data.push(value);
      this.#size += value.length + 1;
      this.#bound();
    } else if (field === "event") this.#event = value;
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retry = Number(value);
    return undefined;
  }

  #dispatch(): ServerSentEvent | undefined {
    const event = this.#event;
    const data = this.#data;
    this.#event = "";
    this.#data = [];
    this.#size = 0;
    if (data.length === 0) return undefined;
    return { event: event || "message", data: data.join("\n"), id: this.#id };
  }
}

/** The framing of an operation that answers with `text/event-stream`. */
export const serverSentEvents = (): Framing => new EventStreamParser();
