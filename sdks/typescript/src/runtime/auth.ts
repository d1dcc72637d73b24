import { encode } from "./encode.js";
import { ConfigurationError } from "./errors.js";
import { own } from "./property.js";
import { pair } from "./query.js";

/** A token, or a function that gives one; it is called for every request. */
export type Token = string | (() => string | Promise<string>);

/** A user name and password, for HTTP basic authentication. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** How a document says that a credential travels. */
export type SecurityScheme =
  | { readonly type: "bearer" }
  | { readonly type: "basic" }
  /** Another scheme of `Authorization`. */
  | { readonly type: "http"; readonly scheme: string }
  | { readonly type: "apiKey"; readonly in: "header" | "query" | "cookie"; readonly name: string };

/** The names of the schemes that go together; an empty list asks for none. */
export type SecurityRequirement = readonly string[];

/** Where the credentials of one request are written. */
export interface CredentialTarget {
  /** By name in lower case. */
  readonly headers: { [name: string]: string };
  /** `name=value` pieces, percent-encoded. */
  readonly query: string[];
  /** `name=value` pieces of the `Cookie` header. */
  readonly cookies: string[];
}

/** The credentials of a client. They are in private fields: nothing prints or serializes them. */
export class Credentials {
  readonly #schemes: { readonly [name: string]: SecurityScheme };
  readonly #token: Token | undefined;
  readonly #logins: { readonly [scheme: string]: Token | Login };
  #known: { readonly given: string; readonly token: string } | undefined;

  /** `token` serves every scheme that is not basic and has no entry in `logins`. */
  constructor(
    schemes: { readonly [name: string]: SecurityScheme },
    token: Token | undefined,
    logins: { readonly [scheme: string]: Token | Login } = {},
  ) {
    this.#schemes = schemes;
    this.#token = token;
    this.#logins = logins;
  }

  /**
   * Writes the credentials of the first alternative that this client can meet; a promise only where
   * a token is asked for.
   *
   * @returns whether one was written where a redirect would carry it to another origin: `fetch`
   *   drops `Authorization` there (Fetch standard, "HTTP-redirect fetch"), and nothing else.
   * @throws ConfigurationError when there are alternatives and none can be met.
   */
  apply(
    alternatives: readonly SecurityRequirement[],
    target: CredentialTarget,
  ): boolean | Promise<boolean> {
    if (alternatives.length === 0) return false;
    const chosen =
      alternatives.find((names) => names.length > 0 && names.every((name) => this.#has(name))) ??
      alternatives.find((names) => names.length === 0);
    if (chosen === undefined) {
      throw new ConfigurationError("This operation needs credentials, and the client has none");
    }
    let exposed = false;
    const later: Promise<boolean>[] = [];
    for (const name of chosen) {
      const credential = this.#credential(name);
      if (typeof credential === "function") {
        later.push(this.#ask(name, credential, target));
      } else if (credential !== undefined) {
        exposed = this.#write(name, credential, target) || exposed;
      }
    }
    if (later.length === 0) return exposed;
    return Promise.all(later).then((all) => exposed || all.includes(true));
  }

  /** The headers, in lower case, that credentials are written to. */
  *headers(): Generator<string, void, undefined> {
    yield "authorization";
    for (const scheme of Object.values(this.#schemes)) {
      if (scheme.type === "apiKey" && scheme.in === "header") yield scheme.name.toLowerCase();
    }
  }

  #has(name: string): boolean {
    return this.#credential(name) !== undefined;
  }

  #credential(name: string): Token | Login | undefined {
    return (
      own(this.#logins, name) ??
      (own(this.#schemes, name)?.type === "basic" ? undefined : this.#token)
    );
  }

  async #ask(
    name: string,
    token: () => string | Promise<string>,
    target: CredentialTarget,
  ): Promise<boolean> {
    return this.#write(name, await token(), target);
  }

  #write(
    name: string,
    credential: string | Login,
    { headers, query, cookies }: CredentialTarget,
  ): boolean {
    const scheme = own(this.#schemes, name);
    if (scheme === undefined) return false;
    if (typeof credential === "object") {
      headers["authorization"] = `Basic ${base64(credential)}`;
      return false;
    }
    const token = this.#sound(credential);
    if (scheme.type === "bearer") headers["authorization"] = `Bearer ${token}`;
    else if (scheme.type === "basic") headers["authorization"] = `Basic ${token}`;
    else if (scheme.type === "http") headers["authorization"] = `${scheme.scheme} ${token}`;
    else if (scheme.in === "header") headers[scheme.name.toLowerCase()] = token;
    else if (scheme.in === "query") query.push(pair(scheme.name, token));
    else cookies.push(`${scheme.name}=${encode(token)}`);
    return scheme.type === "apiKey";
  }

  /** Checked here, since the error of `fetch` would print the token; the last one is known. */
  #sound(token: string): string {
    if (token === this.#known?.given) return this.#known.token;
    const trimmed = typeof token === "string" ? token.trim() : "";
    if (!/^[\x20-\x7e]+$/.test(trimmed)) {
      const message = "The token is empty or holds characters that no header can carry";
      throw new ConfigurationError(message);
    }
    this.#known = { given: token, token: trimmed };
    return trimmed;
  }
}

function base64({ username, password }: Login): string {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
