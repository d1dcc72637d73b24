"""The operations of the API's document, and a server that answers with their examples."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from server import Answer, Local, Received, serving

BYTES = bytes(range(256))


@dataclass(frozen=True)
class Documented:
    """An operation as the document describes it."""

    name: str
    sdk_method: str
    method: str
    path: str
    parameters: dict[tuple[str, str], Any]
    """Examples by place and name."""
    body_type: str | None
    body: Any
    """The example of the request."""
    status: int
    content_type: str | None
    answer: Any
    """The example of the answer; None for bytes."""

    def matches(self, request: Received) -> bool:
        """True when a request is one for this operation."""
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(self.path))
        path = urlsplit(request.target).path
        return self.method == request.method and re.fullmatch(pattern, path) is not None

    def content(self) -> bytes:
        """The answer's body."""
        if self.content_type is None:
            return b""
        if self.answer is None:
            return BYTES
        if self.content_type == "text/event-stream":
            # YAML takes the empty line away that ends the last event.
            return self.answer.rstrip("\n").encode() + b"\n\n"
        if isinstance(self.answer, str) and not self.content_type.endswith("/json"):
            return self.answer.encode()
        return json.dumps(self.answer).encode()


def _example(media: dict[str, Any]) -> Any:
    examples = [example["value"] for example in media.get("examples", {}).values()]
    return media.get("example", examples[0] if examples else None)


@cache
def operations() -> list[Documented]:
    """Reads them from the bundled document that `EXAI_OPENAPI` names."""
    document = json.loads(Path(os.environ["EXAI_OPENAPI"]).read_text())

    def resolved(value: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in value:
            found: Any = document
            for key in value["$ref"].removeprefix("#/").split("/"):
                found = found[key.replace("~1", "/").replace("~0", "~")]
            value = found
        return value

    found: list[Documented] = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if not isinstance(operation, dict) or "operationId" not in operation:
                continue
            parameters = [
                resolved(parameter)
                for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]
            ]
            status = min(code for code in operation["responses"] if code.startswith("2"))
            contents = resolved(operation["responses"][status]).get("content", {})
            content_type = next(iter(contents), None)
            bodies = resolved(operation.get("requestBody", {})).get("content", {})
            body_type = next(iter(bodies), None)
            found.append(
                Documented(
                    name=operation["operationId"],
                    sdk_method=operation["x-exai-method"],
                    method=method.upper(),
                    path=path,
                    parameters={(p["in"], p["name"]): _example(p) for p in parameters},
                    body_type=body_type,
                    body=None if body_type is None else _example(bodies[body_type]),
                    status=int(status),
                    content_type=content_type,
                    answer=None if content_type is None else _example(contents[content_type]),
                )
            )
    return found


@contextmanager
def answering() -> Generator[Local]:
    """Serves the examples: every list has one page, a run is over, and `nope` names nothing."""
    known = operations()

    def answer(request: Received, _: int) -> Answer:
        headers = {
            "x-exai-receipt": "rcp_1",
            "x-ratelimit-remaining": "999",
            "x-ratelimit-reset": "1800000000",
        }
        if "/nope" in request.target:
            error = {"code": 404, "name": "not_found", "message": "none", "receipt": "rcp_1"}
            return Answer(404, json.dumps(error).encode(), headers)
        # A path without holes is preferred to one with: /webhooks/deliveries is no webhook.
        for operation in sorted(known, key=lambda operation: operation.path.count("{")):
            if operation.matches(request):
                content = operation.content()
                if operation.content_type == "application/json":
                    changed = json.loads(content)
                    if "next_cursor" in changed:
                        changed["next_cursor"] = None
                    if operation.name == "getRun":
                        changed["status"] = "succeeded"
                    content = json.dumps(changed).encode()
                if operation.content_type is not None:
                    headers["content-type"] = operation.content_type
                return Answer(operation.status, content, headers)
        return Answer(500, b'{"message":"not in the document"}', headers)

    with serving(answer) as server:
        yield server
