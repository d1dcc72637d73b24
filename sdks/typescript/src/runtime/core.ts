import { Credentials, type SecurityRequirement, type SecurityScheme } from "./auth.js";
import type { ErrorClass } from "./errors.js";
import { Governor } from "./governor.js";
import { Log, logLevel } from "./log.js";
import { type Transport, throughMiddleware } from "./middleware.js";
import type { ClientOptions, Fetch, HeaderOptions } from "./options.js";
import type { HeaderNames } from "./result.js";
import { RetryBudget } from "./retry.js";
import { resolveServer, type Server } from "./server.js";

/** The facts of one API, which its generated code hands to the runtime. */
export interface Settings {
  /** What the environment variables begin with: `ACME` reads `ACME_API_KEY`, `ACME_BASE_URL`, `ACME_LOG`. */
  readonly environmentPrefix: string;
  /** `acme-sdk-typescript/1.4.0`; sent where a program may say who it is, so not by browsers. */
  readonly userAgent: string;
  readonly servers: readonly Server[];
  readonly schemes: { readonly [name: string]: SecurityScheme };
  /** What an operation asks for that says nothing else; no alternative means no credentials. */
  readonly security: readonly SecurityRequirement[];
  readonly errors: readonly ErrorClass[];
  readonly headers: HeaderNames;
}

/** What {@link Settings} and {@link ClientOptions} come to. */
export interface Config {
  readonly baseURL: string;
  /** Whether the caller, not the document, said where the API is. */
  readonly isOwnURL: boolean;
  readonly credentials: Credentials;
  readonly security: readonly SecurityRequirement[];
  readonly errors: readonly ErrorClass[];
  readonly headerNames: HeaderNames;
  readonly headers: readonly HeaderOptions[];
  readonly transport: Transport;
  readonly governor: Governor | undefined;
  readonly log: Log | undefined;
  readonly timeout: number;
  readonly attemptTimeout: number | undefined;
  readonly maxRetries: number;
  readonly generateIdempotencyKey: () => string;
  readonly budget: RetryBudget;
}

/**
 * What every call of one client shares. Both the client class and the standalone functions work on
 * it. Its configuration is private, so that printing a client shows no token.
 */
export class Core {
  readonly #config: Config;

  /** @throws ConfigurationError when the base URL can not be told. */
  constructor(settings: Settings, options: ClientOptions = {}) {
    const { environmentPrefix: prefix } = settings;
    const fallback = environment(`${prefix}_BASE_URL`);
    const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
    const { middleware = [] } = options;
    const credentials = new Credentials(
      settings.schemes,
      options.apiKey ?? environment(`${prefix}_API_KEY`),
      options.credentials,
    );
    this.#config = {
      baseURL: resolveServer(settings.servers, options, fallback),
      isOwnURL: (options.baseURL ?? fallback) !== undefined,
      credentials,
      security: settings.security,
      errors: settings.errors,
      headerNames: settings.headers,
      headers: [isBrowser() ? {} : { "User-Agent": settings.userAgent }, options.headers ?? {}],
      transport: middleware.length === 0 ? fetch : throughMiddleware(middleware, fetch),
      governor: options.governor ? new Governor() : undefined,
      log: logOf(options, environment(`${prefix}_LOG`), credentials),
      timeout: options.timeout ?? 60_000,
      attemptTimeout: options.attemptTimeout,
      maxRetries: options.maxRetries ?? 2,
      generateIdempotencyKey: options.generateIdempotencyKey ?? (() => crypto.randomUUID()),
      budget: new RetryBudget(),
    };
  }

  get config(): Config {
    return this.#config;
  }
}

/** What a client logs to; `undefined` where nothing is to be written. */
function logOf(
  options: ClientOptions,
  fallback: string | undefined,
  credentials: Credentials,
): Log | undefined {
  const silent = options.logger === undefined ? "off" : "warn";
  const level = options.logLevel ?? logLevel(fallback) ?? silent;
  if (level === "off") return undefined;
  return new Log(options.logger ?? console, level, credentials.headers());
}

/** An environment variable, where there is an environment; an empty one counts as none. */
function environment(name: string): string | undefined {
  const { process } = globalThis as {
    readonly process?: { readonly env?: { readonly [name: string]: string | undefined } };
  };
  return process?.env?.[name] || undefined;
}

/** A page's scripts may not name themselves: another `User-Agent` costs a CORS preflight. */
function isBrowser(): boolean {
  return "document" in globalThis;
}
