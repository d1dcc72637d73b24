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
  /** Set once an event does not end; nothing is read behind it. */
  failure: SDKError | undefined;
  /** The id of the last event, be it one without data; `undefined` before the first. */
  lastEventId: string | undefined;
  /** What has no line end yet, in pieces; joining them for each new one would take for ever. */
  #rest: string[] = [];
  /** Its characters. */
  #pending = 0;
  #started = false;
  /** The last piece ended with a CR: an LF at the start of the next belongs to it. */
  #afterCR = false;
  /** The data of the event so far; `undefined` before its first line. */
  #data: string | undefined;
  #event = "";
  #id = "";

  /** Takes the next piece of text and gives the events that it completes. */
  push(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    if (this.failure !== undefined) return events;
    let piece = text;
    if (this.#afterCR && piece !== "") {
      this.#afterCR = false;
      if (piece.startsWith("\n")) piece = piece.slice(1);
    }
    if (this.#started && !/[\r\n]/.test(piece)) {
      this.#hold(piece);
      return events;
    }
    // What is left over holds no line end: the search begins behind it.
    const rest = this.#rest.join("");
    let source = rest + piece;
    let from = rest.length;
    if (!this.#started && source !== "") {
      this.#started = true;
      if (source.startsWith("\ufeff")) source = source.slice(1);
    }
    let start = 0;
    const hasCR = source.includes("\r", from);
    for (;;) {
      const end = hasCR ? lineEnd(source, from) : source.indexOf("\n", from);
      if (end < 0) break;
      if (end === start) this.#dispatch(events);
      else this.#line(source, start, end);
      from = hasCR && source.startsWith("\r\n", end) ? end + 2 : end + 1;
      start = from;
    }
    this.#afterCR = source.endsWith("\r");
    this.#rest = [];
    this.#pending = 0;
    this.#hold(start === 0 ? source : source.slice(start));
    return events;
  }

  /** An event that is not complete when the stream ends is dropped. */
  end(): ServerSentEvent[] {
    this.#rest = [];
    return [];
  }

  #hold(text: string): void {
    if (text === "") return;
    this.#rest.push(text);
    this.#pending += text.length;
    this.#bound();
  }

  #bound(): void {
    if ((this.#data?.length ?? 0) + this.#pending > longestEvent) {
      this.failure = new SDKError("An event is larger than 64 MiB");
    }
  }

  /** Reads the line of `source` between two places. */
  #line(source: string, start: number, end: number): void {
    if (source.startsWith("data:", start)) this.#add(fieldValue(source, start + 5, end));
    else if (source.startsWith("id:", start)) this.#setId(fieldValue(source, start + 3, end));
    else if (source.startsWith("event:", start)) this.#event = fieldValue(source, start + 6, end);
    else if (source.startsWith("retry:", start)) {
      const retry = fieldValue(source, start + 6, end);
      if (/^\d+$/.test(retry)) this.retry = Number(retry);
    } else {
      // A field without a colon has an empty value; what else is here is a comment, or unknown.
      const field = source.slice(start, end);
      if (field === "data") this.#add("");
      else if (field === "id") this.#id = "";
      else if (field === "event") this.#event = "";
    }
  }

  #add(line: string): void {
    this.#data = this.#data === undefined ? line : `${this.#data}\n${line}`;
    this.#bound();
  }

  #setId(id: string): void {
    if (!id.includes("\0")) this.#id = id;
  }

  #dispatch(events: ServerSentEvent[]): void {
    const data = this.#data;
    const event = this.#event;
    this.#event = "";
    this.#data = undefined;
    this.lastEventId = this.#id;
    if (data === undefined || this.failure !== undefined) return;
    events.push({ event: event || "message", data, id: this.#id });
  }
}

/** The value of a field from behind its colon: one space there is not part of it. */
function fieldValue(source: string, start: number, end: number): string {
  return source.slice(source.charCodeAt(start) === 32 && start < end ? start + 1 : start, end);
}

/** Where the next CR or LF is; -1 for none. */
function lineEnd(source: string, from: number): number {
  const lineFeed = source.indexOf("\n", from);
  const text = lineFeed < 0 ? source : source.slice(0, lineFeed);
  const carriageReturn = text.indexOf("\r", from);
  return carriageReturn < 0 ? lineFeed : carriageReturn;
}

/** The framing of an operation that answers with `text/event-stream`. */
export const serverSentEvents = (): Framing => new EventStreamParser();
