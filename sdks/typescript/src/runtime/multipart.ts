import { isPresent, isRecord, text } from "./encode.js";
import type { BodyEncoder } from "./operation.js";
import { own } from "./property.js";

/** A file to upload: a `Blob` or `File`, or bytes with what a server is to know of them. */
export type FileInput = Blob | Uint8Array | ArrayBuffer | NamedFile;

export interface NamedFile {
  readonly data: Blob | Uint8Array | ArrayBuffer | string;
  readonly filename?: string | undefined;
  readonly contentType?: string | undefined;
}

/**
 * `multipart/form-data` by RFC 7578. Each property is a part, each member of an array a part of
 * its own; files keep their name and type, objects are JSON. `types` holds the media types that the
 * document's `encoding` fixes, by property.
 *
 * The body is a `Blob` of its parts: nothing is copied, its length is known, and it can be sent
 * again.
 */
export function multipartBody(types: { readonly [property: string]: string } = {}): BodyEncoder {
  return (value) => {
    const boundary = `form-${crypto.randomUUID()}`;
    const pieces: BlobPart[] = [];
    for (const [name, content] of Object.entries(value as object)) {
      for (const member of Array.isArray(content) ? content : [content]) {
        if (!isPresent(member)) continue;
        const part = partOf(member, own(types, name));
        pieces.push(`--${boundary}\r\n${head(name, part)}\r\n\r\n`, part.data, "\r\n");
      }
    }
    pieces.push(`--${boundary}--\r\n`);
    return {
      content: new Blob(pieces),
      contentType: `multipart/form-data; boundary=${boundary}`,
      replayable: true,
    };
  };
}

interface Part {
  readonly data: BlobPart;
  readonly filename?: string | undefined;
  readonly contentType?: string | undefined;
}

function partOf(value: unknown, contentType: string | undefined): Part {
  if (value instanceof Blob) {
    // A File has a name; a Blob without one still is a file to the server.
    const filename = "name" in value ? String(value.name) : "blob";
    return { data: value, filename, contentType: contentType ?? (value.type || octets) };
  }
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    return { data: value as BlobPart, filename: "blob", contentType: contentType ?? octets };
  }
  if (isNamedFile(value)) {
    const blobType = value.data instanceof Blob ? value.data.type : "";
    return {
      data: value.data as BlobPart,
      filename: value.filename ?? "blob",
      contentType: value.contentType ?? contentType ?? (blobType || octets),
    };
  }
  if (isRecord(value)) {
    return { data: JSON.stringify(value), contentType: contentType ?? "application/json" };
  }
  return { data: text(value), contentType };
}

const octets = "application/octet-stream";

function isNamedFile(value: unknown): value is NamedFile {
  if (!isRecord(value)) return false;
  const data = value["data"];
  if (data instanceof Blob || data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return true;
  return typeof data === "string" && ("filename" in value || "contentType" in value);
}

function head(name: string, part: Part): string {
  const file = part.filename === undefined ? "" : `; filename="${quoted(part.filename)}"`;
  const type = part.contentType === undefined ? "" : `\r\nContent-Type: ${line(part.contentType)}`;
  return `Content-Disposition: form-data; name="${quoted(name)}"${file}${type}`;
}

/** The escapes of the HTML standard, "multipart/form-data encoding algorithm". */
function quoted(value: string): string {
  return value.replace(/\r\n|\r|\n/g, "%0D%0A").replaceAll('"', "%22");
}

/** @throws TypeError when a media type would end its line. */
function line(value: string): string {
  if (/[\r\n]/.test(value)) throw new TypeError("A content type must not hold a line break");
  return value;
}
