import type { Core } from "./core.js";
import { Deadline } from "./deadline.js";
import {
  AbortError,
  ConnectionError,
  DecodeError,
  errorFor,
  SDKError,
  TimeoutError,
} from "./errors.js";
import { MiddlewareFailure } from "./middleware.js";
import type { Arguments, Operation, Reader } from "./operation.js";
import type { RequestOptions } from "./options.js";
import { MalformedBody } from "./read.js";
import { type PreparedRequest, prepare, type TryRequest } from "./request.js";
import { describe, type ResponseInfo, Result, type WithResponse } from "./result.js";
import { isRepeatable, isRetriableStatus, retryAfterSeconds, retryDelay } from "./retry.js";

/** Sends one call of an operation whose answer is read whole. */
export function send<T>(
  core: Core,
  operation: Operation<T>,
  args: Arguments = {},
  options: RequestOptions = {},
): Result<T> {
  return new Result(exchange(core, operation, args, options, operation.read));
}

/** Sends one call and hands its answer over unread, to be streamed. */
export function open<T>(
  core: Core,
  operation: Omit<Operation<unknown>, "read">,
  args: Arguments,
  options: RequestOptions,
  read: Reader<T>,
): Promise<WithResponse<T>> {
  return exchange(core, operation, args, options, read, true);
}

/** `send` for an answer that its reader hands over unread. */
export function sendStreamed<T>(
  core: Core,
  operation: Operation<T>,
  args: Arguments = {},
  options: RequestOptions = {},
): Result<T> {
  return new Result(open(core, operation, args, options, operation.read));
}

/**
 * One call: tries, waits and tries again until there is an answer or an error to hand over.
 *
 * @throws APIError for an answer that is not a success, ConnectionError and TimeoutError when none
 *   came, AbortError when the caller stopped it, DecodeError when the body is not what it should be.
 */
async function exchange<T>(
  core: Core,
  operation: Omit<Operation<unknown>, "read">,
  args: Arguments,
  options: RequestOptions,
  read: Reader<T>,
  streamed: boolean = false,
): Promise<WithResponse<T>> {
  const { config } = core;
  const { governor, log } = config;
  const request = prepare(config, operation, args, options);
  const { idempotencyKey } = request;
  const { id } = operation;
  const repeatable = isRepeatable(request.method, idempotencyKey !== undefined, request.replayable);
  const maxRetries = repeatable ? (options.maxRetries ?? config.maxRetries) : 0;
  const deadline = new Deadline(options.timeout ?? config.timeout, options.signal);
  let answered = false;
  try {
    for (let tries = 1; ; tries++) {
      if (governor !== undefined) {
        const onWait = (wait: number): void => log?.waits(id, tries, wait, "the rate limit");
        if (!(await governor.admit(deadline, idempotencyKey, onWait))) {
          throw failure(deadline, idempotencyKey, undefined).error;
        }
      }
      const signal = deadline.beginTry(options.attemptTimeout ?? config.attemptTimeout);
      const outcome = await tryOnce(core, id, tries, request, read, deadline, signal);
      if ("data" in outcome) {
        answered = true;
        config.budget.refund();
        return outcome;
      }
      deadline.endTry();
      const wait = retryDelay(tries, outcome.retryAfter);
      if (!outcome.retriable || tries > maxRetries || wait >= deadline.remaining()) {
        throw outcome.error;
      }
      if (!config.budget.take()) {
        log?.exhausted(id);
        throw outcome.error;
      }
      log?.waits(id, tries + 1, wait, outcome.error.message);
      if (!(await deadline.sleep(wait))) throw failure(deadline, idempotencyKey, undefined).error;
    }
  } finally {
    if (answered && streamed) deadline.detach();
    else deadline.release();
  }
}

interface Failure {
  readonly error: Error;
  readonly retriable: boolean;
  readonly retryAfter?: number | undefined;
}

async function tryOnce<T>(
  core: Core,
  operation: string,
  attempt: number,
  request: PreparedRequest,
  read: Reader<T>,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<WithResponse<T> | Failure> {
  const { config } = core;
  const { governor, log } = config;
  const { idempotencyKey } = request;
  let built: TryRequest;
  try {
    const building = request.build(signal);
    built = building instanceof Promise ? await deadline.within(building) : building;
    if (signal.aborted) throw signal.reason;
  } catch (error) {
    governor?.settle(undefined, undefined);
    // A function that gives no token is the caller's own error, whatever it is.
    if (deadline.stopped === undefined) throw error;
    return failure(deadline, idempotencyKey, undefined);
  }
  const began = log === undefined ? 0 : performance.now();
  const logged = (outcome: ResponseInfo | string): void => {
    const { method, url } = request;
    const headers = Object.entries(built.init.headers);
    const spent = performance.now() - began;
    log?.tried({ operation, attempt, method, url, headers }, spent, outcome);
  };
  let response: Response;
  try {
    const answer = config.transport(built.url, built.init, { operation, attempt });
    response = await deadline.within(answer);
  } catch (error) {
    governor?.settle(undefined, undefined);
    if (error instanceof MiddlewareFailure && deadline.stopped === undefined) throw error.cause;
    const failed = failure(deadline, idempotencyKey, error);
    if (log !== undefined) logged(failed.error.name);
    return failed;
  }
  const info = describe(response, config.headerNames, idempotencyKey);
  const retryAfter = response.ok
    ? undefined
    : retryAfterSeconds(response.headers.get("retry-after"), Date.now());
  governor?.settle(info, retryAfter);
  if (log !== undefined) logged(info);
  if (!response.ok) {
    const body = await readErrorBody(response, deadline);
    if (deadline.stopped !== undefined) return failure(deadline, idempotencyKey, undefined);
    const error = errorFor(config.errors, info, body, retryAfter);
    return { error, retriable: isRetriableStatus(response.status), retryAfter };
  }
  try {
    return { ...info, data: await deadline.within(read(response)) };
  } catch (error) {
    if (!(error instanceof MalformedBody)) return failure(deadline, idempotencyKey, error);
    return { error: new DecodeError(info, error.body, error.cause), retriable: false };
  }
}

/** What a try without an answer failed with. */
function failure(deadline: Deadline, idempotencyKey: string | undefined, cause: unknown): Failure {
  switch (deadline.stopped) {
    case "caller":
      return {
        error: new AbortError("The call was stopped", { cause: deadline.reason, idempotencyKey }),
        retriable: false,
      };
    case "timeout":
      return {
        error: new TimeoutError("No answer within the call's timeout", { idempotencyKey }),
        retriable: false,
      };
    case "attempt-timeout":
      return {
        error: new TimeoutError("No answer within the try's timeout", { idempotencyKey }),
        retriable: true,
      };
    default:
      if (cause instanceof SDKError) return { error: cause, retriable: false };
      return {
        error: new ConnectionError("The connection failed", { cause, idempotencyKey }),
        retriable: true,
      };
  }
}

/** The body of an error: JSON where it is JSON, `undefined` where there is none or it broke off. */
async function readErrorBody(response: Response, deadline: Deadline): Promise<unknown> {
  let source: string;
  try {
    source = await deadline.within(response.text());
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(source);
  } catch {
    return source === "" ? undefined : source;
  }
}
