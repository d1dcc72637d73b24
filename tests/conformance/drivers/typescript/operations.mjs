// The operations of the API's document: which method each has, and how what is given by the names
// on the wire becomes that method's arguments.

/** The operations of a document, by operationId. */
export function operationsOf(document) {
  const resolve = (node) => {
    let found = node ?? {};
    while (found.$ref !== undefined) {
      const keys = found.$ref.split("/").slice(1);
      const at = (node, key) => node[key.replaceAll("~1", "/").replaceAll("~0", "~")];
      found = keys.reduce(at, document);
    }
    return found;
  };
  const operations = new Map();
  for (const [path, reference] of Object.entries(document.paths)) {
    const { parameters: shared = [], ...methods } = resolve(reference);
    for (const operation of Object.values(methods)) {
      const parameters = [...shared, ...(operation.parameters ?? [])].map(resolve);
      const [media] = Object.keys(resolve(operation.requestBody).content ?? {});
      const [answer] = Object.values(operation.responses);
      const [type = ""] = Object.keys(resolve(answer).content ?? {});
      operations.set(operation.operationId, {
        accessors: operation["x-exai-method"].split("."),
        isText: type.startsWith("text/"),
        arguments: (given) => argumentsOf(path, parameters, media, given),
      });
    }
  }
  return operations;
}

/** Headers that are options of the call rather than parameters. */
const options = { "idempotency-key": "idempotencyKey", "last-event-id": "lastEventId" };

function argumentsOf(template, parameters, media, { path = {}, query = {}, header = {}, body }) {
  const values = Array.from(template.matchAll(/\{([^}]+)\}/g), ([, name]) => path[name]);
  const more = {};
  const headers = {};
  for (const [name, value] of Object.entries(header)) {
    const option = options[name.toLowerCase()];
    if (option === undefined) headers[name] = value;
    else more[option] = value;
  }
  const isParameter = ({ name, in: place }) =>
    place !== "path" && options[name.toLowerCase()] === undefined;
  const isBytes = media !== undefined && !/json|multipart/.test(media);
  const isRecord = media !== undefined && !isBytes;
  if (isBytes) values.push(body && bytesOf(body.base64));
  if (isRecord || parameters.some(isParameter)) {
    const members = isRecord && body !== undefined ? Object.entries(body) : [];
    const files = members.map(([name, value]) => [name, fileOf(value)]);
    values.push({ ...query, ...headers, ...Object.fromEntries(files) });
  }
  return { values, more };
}

/** A member of a body that stands for a file, as a file; any other as it is. */
function fileOf(value) {
  if (typeof value?.base64 !== "string") return value;
  const { base64, file_name = "blob", content_type: type = "" } = value;
  return new File([bytesOf(base64)], file_name, { type });
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
