import { ConfigurationError } from "./errors.js";
import { own } from "./property.js";

/** One server of a document. */
export interface Server {
  /** The name that the `environment` option takes: `staging`. */
  readonly name: string;
  /** The base URL, with variables in braces: `https://api.{tenant}.example.com/v1`. */
  readonly url: string;
  /** What each variable can be, and what it is when nobody says. */
  readonly variables?: { readonly [name: string]: ServerVariable };
}

export interface ServerVariable {
  readonly default?: string;
  readonly values?: readonly string[];
}

/** How a caller picks a server. */
export interface ServerChoice {
  readonly baseURL?: string | undefined;
  readonly environment?: string | undefined;
  readonly variables?: { readonly [name: string]: string | undefined } | undefined;
}

/**
 * The base URL of a client, without a slash at its end: a URL of the caller's, the server of that
 * name, the first server with all variables that are given, `fallback`, or the first server.
 *
 * @throws ConfigurationError for a name, a variable or a URL that can not be used.
 */
export function resolveServer(
  servers: readonly Server[],
  choice: ServerChoice,
  fallback: string | undefined,
): string {
  const given = Object.entries(choice.variables ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  if (choice.baseURL !== undefined) return absolute(choice.baseURL);
  if (choice.environment === undefined && given.length === 0 && fallback !== undefined) {
    return absolute(fallback);
  }
  const server = servers.find(
    ({ name, variables }) =>
      (choice.environment === undefined || name === choice.environment) &&
      given.every(([variable]) => variables !== undefined && variable in variables),
  );
  if (server === undefined) {
    throw new ConfigurationError(
      choice.environment === undefined
        ? "No server of this API fits; pass baseURL"
        : `No server is called ${JSON.stringify(choice.environment)} and takes these variables`,
    );
  }
  return absolute(fill(server, Object.fromEntries(given)));
}

function fill(server: Server, given: { readonly [name: string]: string }): string {
  return server.url.replace(/\{([^{}]+)\}/g, (_match, name: string) => {
    const variable = own(server.variables, name);
    const value = own(given, name);
    if (value === undefined) {
      if (variable?.default === undefined) {
        throw new ConfigurationError(`The server variable ${name} has no value`);
      }
      return variable.default;
    }
    // A value can not end the host or the segment it stands in, and so send tokens elsewhere.
    const allowed = variable?.values?.includes(value) ?? /^[\w~-]+(?:\.[\w~-]+)*$/.test(value);
    if (!allowed) {
      throw new ConfigurationError(
        `The server variable ${name} can not be ${JSON.stringify(value)}`,
      );
    }
    return value;
  });
}

function absolute(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new ConfigurationError("The base URL must be an absolute http or https URL");
  }
  if (
    parsed.username !== "" ||
    parsed.password !== "" ||
    parsed.search !== "" ||
    parsed.hash !== ""
  ) {
    throw new ConfigurationError("The base URL must have no credentials, query or fragment");
  }
  return parsed.href.replace(/\/+$/, "");
}
