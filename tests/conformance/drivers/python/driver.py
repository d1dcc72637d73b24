"""Makes the calls of the conformance suite with the Python SDK.

Calls come as JSON lines, results go as JSON lines; `sync` or `async` says with which client.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import msgspec

import exai
from exai import AsyncExai, Exai
from exai._runtime.model import to_wire

Json = dict[str, Any]

_lock = threading.Lock()


def say(value: Json) -> None:
    line = msgspec.json.encode(value).decode()
    with _lock:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def wire(value: object) -> Any:
    return msgspec.to_builtins(to_wire(value))


def keywords(options: Json) -> Json:
    """The options of a call as the SDK's keywords."""
    known: Json = {}
    if "timeout_ms" in options:
        known["timeout"] = options["timeout_ms"] / 1000
    for name, ours in (
        ("max_retries", "max_retries"),
        ("idempotency_key", "idempotency_key"),
        ("headers", "extra_headers"),
        ("query", "extra_query"),
        ("last_event_id", "last_event_id"),
    ):
        if name in options:
            known[ours] = options[name]
    return known


def settings(request: Json) -> Json:
    client = request["client"]
    known: Json = {
        "base_url": request["base_url"],
        "api_key": client.get("api_key", "test-token"),
    }
    if "timeout_ms" in client:
        known["timeout"] = client["timeout_ms"] / 1000
    if "try_timeout_ms" in client:
        known["attempt_timeout"] = client["try_timeout_ms"] / 1000
    if "max_retries" in client:
        known["max_retries"] = client["max_retries"]
    return known


def describe(error: BaseException) -> Json:
    """An error by the words that all drivers share."""
    kinds: list[tuple[type[BaseException], str]] = [
        (exai.WebhookVerificationError, "signature"),
        (exai.APITimeoutError, "timeout"),
        (exai.APIConnectionError, "connection"),
        (exai.DecodeError, "decode"),
        (exai.StatusError, "api"),
        (exai.APIError, "config"),
        (asyncio.CancelledError, "cancelled"),
    ]
    kind = next((name for known, name in kinds if isinstance(error, known)), "unknown")
    name = type(error).__name__
    declared = isinstance(error, exai.StatusError) and type(error) is not exai.StatusError
    words = re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
    after = getattr(error, "retry_after", None)
    return {
        "kind": kind,
        "class": (words if words == "internal_error" else words.removesuffix("_error"))
        if declared
        else None,
        "status": getattr(error, "status", None),
        "name": getattr(error, "name", None),
        "code": getattr(error, "code", None),
        "message": getattr(error, "message", str(error)),
        "receipt": getattr(error, "receipt", None),
        "details": wire(getattr(error, "details", None)),
        "idempotency_key": getattr(error, "idempotency_key", None),
        "retry_after_ms": None if after is None else after * 1000,
        "shown": "".join(traceback.format_exception(error)) if kind == "unknown" else f"{error!r}",
    }


def meta(info: exai.ResponseInfo) -> Json:
    reset = info.rate_limit.reset
    return {
        "status": info.status,
        "receipt": info.receipt,
        "idempotency_key": info.idempotency_key,
        "replayed": info.idempotent_replayed,
        "remaining": info.rate_limit.remaining,
        "reset": None if reset is None else int(reset.timestamp()),
    }


def listed(args: Json) -> Json:
    known = {k: args[k] for k in ("plan_id", "label", "status", "limit") if k in args}
    if "created_after" in args:
        known["created_after"] = dt.datetime.fromisoformat(args["created_after"])
    return known


def pieces(content: str) -> Iterator[bytes]:
    yield content.encode()


async def async_pieces(content: str) -> AsyncIterator[bytes]:
    yield content.encode()


def call(client: Any, op: str, a: Json, o: Json, *, is_async: bool) -> tuple[str, Any]:
    """Begins a call: how its result is read, and what the SDK gave.

    Sync and async clients have the same names, so this is one for both.
    """
    raw = client.with_response
    match op:
        case "runs.get":
            return "raw", lambda: raw.runs.get(a["run_id"], **o)
        case "runs.start":
            return "raw", lambda: raw.runs.start(**renamed(a), **o)
        case "runs.start_and_wait":
            return "value", lambda: client.runs.start_and_wait(**renamed(a), **o)
        case "runs.cancel":
            return "raw", lambda: raw.runs.cancel(a["run_id"], **a.get("body", {}), **o)
        case "runs.list":
            return "items", lambda: client.runs.list(**listed(a), **o)
        case "runs.events":
            return "stream", lambda: client.runs.events(a["run_id"], **o)
        case "audit.exports.download":
            return "stream", lambda: client.audit.exports.download(a["export_id"], **o)
        case "audit.tail":
            return "stream", lambda: client.audit.tail(**o)
        case "agents.list":
            return "items", lambda: client.agents.list(**listed(a), **o)
        case "agents.page":
            return "page", lambda: client.agents.list(**listed(a), **o).page()
        case "templates.get":
            return "raw", lambda: raw.templates.get(a["slug"], **o)
        case "templates.star":
            return "raw", lambda: raw.templates.star(a["slug"], **o)
        case "plans.get":
            return "raw", lambda: raw.plans.get(a["plan_id"], **o)
        case "plans.delete":
            return "raw", lambda: raw.plans.delete(a["plan_id"], **o)
        case "plans.update":
            return "raw", lambda: raw.plans.update(a["plan_id"], **a["body"], **o)
        case "audit.events.get":
            return "raw", lambda: raw.audit.events.get(a["event_id"], **o)
        case "builder.assets.upload":
            file = exai.File(a["content"].encode(), a["file_name"], "text/plain")
            rest = {k: a[k] for k in ("purpose", "description") if k in a}
            return "raw", lambda: raw.builder.assets.upload(file=file, **rest, **o)
        case "builder.artifacts.download":
            artifacts = client.builder.runs.artifacts
            return "bytes", lambda: artifacts.download(a["build_id"], a["artifact_id"], **o)
        case "workspaces.upload":
            body: Any = a["content"].encode()
            if a.get("streamed"):
                body = async_pieces(a["content"]) if is_async else pieces(a["content"])
            files = raw.workspaces.files
            return "raw", lambda: files.upload(a["workspace_id"], body, path=a["path"], **o)
        case "webhooks.unwrap":
            unwrap = client.webhooks.unwrap
            return "plain", lambda: unwrap(a["body"], a["headers"], a["secrets"])
        case _:
            raise ValueError(f"no such call: {op}")


def renamed(args: Json) -> Json:
    """`timeout` is an option of every call, so the body's is called `body_timeout`."""
    return {("body_timeout" if name == "timeout" else name): value for name, value in args.items()}


def page(found: Any) -> Json:
    return {"items": wire(list(found.data)), "next_cursor": found.next_cursor}


def sync_call(client: Exai, asked: Json, result: Json) -> None:
    take = asked["options"].get("take")
    how, begin = call(client, asked["op"], asked["args"], keywords(asked["options"]), is_async=False)
    given = begin()
    match how:
        case "raw":
            result.update(value=wire(given.data), meta=meta(given.info))
        case "value" | "plain":
            result["value"] = wire(given)
        case "page":
            result["value"] = page(given)
        case "bytes":
            with given:
                result["meta"] = meta(given.response)
                result["value"] = given.read().decode("utf-8", "replace")
        case _:
            items = result.setdefault("items", [])
            for item in given:
                items.append(wire(item))
                if take is not None and len(items) >= take:
                    break
            if how == "stream":
                given.close()


async def async_call(client: AsyncExai, asked: Json, result: Json) -> None:
    take = asked["options"].get("take")
    how, begin = call(client, asked["op"], asked["args"], keywords(asked["options"]), is_async=True)
    given = begin()
    if isinstance(given, Awaitable):
        given = await given
    match how:
        case "raw":
            result.update(value=wire(given.data), meta=meta(given.info))
        case "value" | "plain":
            result["value"] = wire(given)
        case "page":
            result["value"] = page(given)
        case "bytes":
            async with given:
                result["meta"] = meta(given.response)
                result["value"] = (await given.read()).decode("utf-8", "replace")
        case _:
            items = result.setdefault("items", [])
            async for item in given:
                items.append(wire(item))
                if take is not None and len(items) >= take:
                    break
            if how == "stream":
                await given.close()


def finish(result: Json, began: float, error: BaseException | None) -> Json:
    if error is not None:
        result["error"] = describe(error)
    result["ms"] = round((time.monotonic() - began) * 1000)
    return result


def run_sync(request: Json) -> list[Json]:
    results: list[Json] = []
    with Exai(**settings(request)) as client:
        for asked in request["calls"]:
            result, began, caught = {}, time.monotonic(), None
            try:
                sync_call(client, asked, result)
            except Exception as error:  # noqa: BLE001 -- every error is a result
                caught = error
            results.append(finish(result, began, caught))
    return results


async def run_async(request: Json) -> list[Json]:
    results: list[Json] = []
    async with AsyncExai(**settings(request)) as client:
        for asked in request["calls"]:
            result, began, caught = {}, time.monotonic(), None
            task = asyncio.ensure_future(async_call(client, asked, result))
            after = asked["options"].get("cancel_after_ms")
            if after is not None:
                asyncio.get_running_loop().call_later(after / 1000, task.cancel)
            try:
                await task
            except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 -- as above
                caught = error
            results.append(finish(result, began, caught))
    return results


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


say({"ready": True})
if sys.argv[1] == "async":
    asyncio.run(main_async())
else:
    main_sync()
