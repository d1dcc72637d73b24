"""Makes the calls of the conformance suite with the Python SDK.

Calls come as JSON lines, results go as JSON lines; `sync` or `async` says with which client.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from calls import begin
from operations import begin_operation, methods
from results import Json, describe, head_of, keywords, meta, page, wire

import exai
from exai import AsyncExai, Exai

_lock = threading.Lock()


def say(value: Json) -> None:
    line = json.dumps(value)
    with _lock:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def listen() -> None:
    """Writes all that the SDK logs to the file that the runner greps."""
    if path := os.environ.get("EXAI_CONFORMANCE_LOG"):
        logger = logging.getLogger("exai")
        logger.setLevel(logging.DEBUG)
        logger.addHandler(logging.FileHandler(path))


def token(client: Json) -> Any:
    """The token as a scenario has it: a text, a row of them, or a function that fails."""
    if "token_error" in client:

        def fail() -> str:
            raise RuntimeError(client["token_error"])

        return fail
    if "tokens" in client:
        row: Iterator[str] = iter(client["tokens"])
        last = client["tokens"][-1]
        return lambda: next(row, last)
    return client.get("api_key", "test-token")


def counting(*, is_async: bool) -> Any:
    """A middleware that says which try of this client it is."""
    tries = 0

    def mark(request: exai.HttpRequest) -> None:
        nonlocal tries
        with _lock:
            tries += 1
            request.headers["x-middleware"] = str(tries)

    def layer(request: exai.HttpRequest, call_next: Any) -> Any:
        mark(request)
        return call_next(request)

    async def async_layer(request: exai.HttpRequest, call_next: Any) -> Any:
        mark(request)
        return await call_next(request)

    return async_layer if is_async else layer


def settings(request: Json, *, is_async: bool) -> Json:
    client = request["client"]
    known: Json = {"base_url": request["base_url"], "api_key": token(client)}
    if "timeout_ms" in client:
        known["timeout"] = client["timeout_ms"] / 1000
    if "try_timeout_ms" in client:
        known["attempt_timeout"] = client["try_timeout_ms"] / 1000
    if "max_retries" in client:
        known["max_retries"] = client["max_retries"]
    if client.get("governor"):
        known["governor"] = True
    if client.get("middleware"):
        known["middleware"] = [counting(is_async=is_async)]
    return known


def prepared(client: Any, asked: Json, result: Json, *, is_async: bool) -> tuple[str, Any]:
    """How the result of a call is read, and what begins it.

    Sync and async clients have the same names, so this is one for both.
    """
    options = keywords(asked["options"])
    if asked["options"].get("on_waiting"):
        tokens = result.setdefault("tokens", [])
        options["on_waiting"] = tokens.append
    op, args = asked["op"], asked["args"]
    if op in ("operation", "operation_wait"):
        return begin_operation(client, args, options, waiting=op == "operation_wait")
    return begin(client, op, args, options, is_async=is_async)


def sync_call(client: Exai, asked: Json, result: Json) -> None:
    take = asked["options"].get("take")
    how, start = prepared(client, asked, result, is_async=False)
    given = start()
    match how:
        case "raw":
            result.update(value=wire(given.data), meta=meta(given.info))
        case "plain":
            result["value"] = wire(given)
        case "page":
            result.update(value=page(given), meta=meta(given.response))
        case "text" | "base64" | "size":
            with given:
                result["meta"] = meta(given.response)
                if how == "size":
                    result["value"] = sum(len(piece) for piece in given.iter_bytes())
                else:
                    result["value"] = head_of(given.read(), how)
        case "items":
            items = result.setdefault("items", [])
            for found in given.pages():
                result["meta"] = meta(found.response)
                for item in found:
                    items.append(wire(item))
                    if take is not None and len(items) >= take:
                        return
        case _:
            with given:
                items = result.setdefault("items", [])
                result["meta"] = meta(given.connect())
                for item in given:
                    items.append(wire(item))
                    if take is not None and len(items) >= take:
                        break


async def async_call(client: AsyncExai, asked: Json, result: Json) -> None:
    take = asked["options"].get("take")
    how, start = prepared(client, asked, result, is_async=True)
    given = start()
    if isinstance(given, Awaitable):
        given = await given
    match how:
        case "raw":
            result.update(value=wire(given.data), meta=meta(given.info))
        case "plain":
            result["value"] = wire(given)
        case "page":
            result.update(value=page(given), meta=meta(given.response))
        case "text" | "base64" | "size":
            async with given:
                result["meta"] = meta(given.response)
                if how == "size":
                    result["value"] = 0
                    async for piece in given.iter_bytes():
                        result["value"] += len(piece)
                else:
                    result["value"] = head_of(await given.read(), how)
        case "items":
            items = result.setdefault("items", [])
            async for found in given.pages():
                result["meta"] = meta(found.response)
                for item in found:
                    items.append(wire(item))
                    if take is not None and len(items) >= take:
                        return
        case _:
            async with given:
                items = result.setdefault("items", [])
                result["meta"] = meta(await given.connect())
                async for item in given:
                    items.append(wire(item))
                    if take is not None and len(items) >= take:
                        break


def finish(result: Json, began: float, error: BaseException | None) -> Json:
    if error is not None:
        result["error"] = describe(error)
    result["ms"] = round((time.monotonic() - began) * 1000)
    return result


def one_sync(client: Exai, asked: Json) -> Json:
    result, began, caught = {}, time.monotonic(), None
    try:
        sync_call(client, asked, result)
    except Exception as error:  # noqa: BLE001 -- every error is a result
        caught = error
    return finish(result, began, caught)


def run_sync(request: Json) -> list[Json]:
    calls = request["calls"]
    with Exai(**settings(request, is_async=False)) as client:
        if not request.get("parallel"):
            return [one_sync(client, asked) for asked in calls]
        with ThreadPoolExecutor(max_workers=len(calls)) as threads:
            return list(threads.map(lambda asked: one_sync(client, asked), calls))


async def one_async(client: AsyncExai, asked: Json) -> Json:
    result, began, caught = {}, time.monotonic(), None
    task = asyncio.ensure_future(async_call(client, asked, result))
    after = asked["options"].get("cancel_after_ms")
    if after is not None:
        asyncio.get_running_loop().call_later(after / 1000, task.cancel)
    try:
        await task
    except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 -- as above
        caught = error
    return finish(result, began, caught)


async def run_async(request: Json) -> list[Json]:
    calls = request["calls"]
    async with AsyncExai(**settings(request, is_async=True)) as client:
        if request.get("parallel"):
            return await asyncio.gather(*(one_async(client, asked) for asked in calls))
        return [await one_async(client, asked) for asked in calls]


def answer(request: Json, perform: Callable[[Json], list[Json]]) -> None:
    try:
        say({"id": request["id"], "results": perform(request)})
    except Exception:  # noqa: BLE001 -- a fault of this program is the scenario's result
        say({"id": request["id"], "fault": traceback.format_exc()})


def main_sync() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        threading.Thread(target=answer, args=(request, run_sync), daemon=True).start()


async def answer_async(request: Json) -> None:
    try:
        say({"id": request["id"], "results": await run_async(request)})
    except Exception:  # noqa: BLE001 -- as above
        say({"id": request["id"], "fault": traceback.format_exc()})


async def main_async() -> None:
    loop = asyncio.get_running_loop()
    running: set[asyncio.Task[None]] = set()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        task = asyncio.create_task(answer_async(json.loads(line)))
        running.add(task)
        task.add_done_callback(running.discard)


listen()
# Nothing is loaded while a scenario's clock runs.
_ = (exai.HttpxTransport(), exai.AsyncHttpxTransport(), methods())
say({"ready": True})
if sys.argv[1] == "async":
    asyncio.run(main_async())
else:
    main_sync()
