"""The calls that scenarios name by a method of the SDK."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterator
from typing import Any

from results import Json

import exai

PIECE = 64 << 10


def listed(args: Json) -> Json:
    known = {k: args[k] for k in ("plan_id", "label", "status", "limit") if k in args}
    if "created_after" in args:
        known["created_after"] = dt.datetime.fromisoformat(args["created_after"])
    return known


def pieces(args: Json) -> Iterator[bytes]:
    """What an upload sends: a text, or `size` bytes that are never in memory whole."""
    if "content" in args:
        yield args["content"].encode()
        return
    left = args["size"]
    while left > 0:
        yield b"x" * min(left, PIECE)
        left -= PIECE


async def async_pieces(args: Json) -> AsyncIterator[bytes]:
    for piece in pieces(args):
        yield piece


def begin(client: Any, op: str, a: Json, o: Json, *, is_async: bool) -> tuple[str, Any]:
    """How the result is read, and what begins the call."""
    raw = client.with_response
    match op:
        case "raw":
            body = {"body": a["body"]} if "body" in a else {}
            asked = {"query": a.get("query"), **body, **o}
            return "raw", lambda: raw.request(a["method"], a["path"], **asked)
        case "runs.get":
            return "raw", lambda: raw.runs.get(a["run_id"], **o)
        case "runs.start":
            return "raw", lambda: raw.runs.start(**renamed(a), **o)
        case "runs.start_and_wait":
            return "raw", lambda: raw.runs.start_and_wait(**renamed(a), **o)
        case "runs.start_and_wait_from":
            return "raw", lambda: raw.runs.start_and_wait_from(a["token"], **o)
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
        case "builder.artifacts.download" | "builder.artifacts.drain":
            artifacts = client.builder.runs.artifacts
            how = "size" if op.endswith("drain") else "text"
            return how, lambda: artifacts.download(a["build_id"], a["artifact_id"], **o)
        case "workspaces.upload":
            body: Any = a["content"].encode() if not a.get("streamed") else None
            if body is None:
                body = async_pieces(a) if is_async else pieces(a)
            files = raw.workspaces.files
            return "raw", lambda: files.upload(a["workspace_id"], body, path=a["path"], **o)
        case "webhooks.unwrap":
            unwrap = client.webhooks.unwrap
            now = a.get("now")
            return "plain", lambda: unwrap(a["body"], a["headers"], a["secrets"], now=now)
        case _:
            raise ValueError(f"no such call: {op}")


def renamed(args: Json) -> Json:
    """`timeout` is an option of every call, so the body's is called `body_timeout`."""
    return {("body_timeout" if name == "timeout" else name): value for name, value in args.items()}
