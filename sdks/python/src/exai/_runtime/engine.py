"""What a call is made of before and after the network: shared by the sync and the async client."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast
from urllib.parse import urljoin, urlsplit

import msgspec
from msgspec import UNSET

from .content import Content, of_binary, of_bytes
from .decode import Codec
from .errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    DecodeError,
    StatusError,
)
from .headers import Headers
from .model import to_wire
from .multipart import form, multipart
from .operation import Body, Operation
from .options import CallOptions
from .parameters import SIMPLE, cookie_header, header_value, path_value, query_string
from .response import ResponseInfo, note, read_info
from .retry import (
    RETRIED_STATUSES,
    Deadline,
    RetryBudget,
    backoff,
    parse_retry_after,
)
from .service import Service
from .transport import Timeout, TransportError, TransportTimeoutError

T = TypeVar("T")

logger = logging.getLogger(__name__.partition(".")[0])

_ACCEPT = {
    "json": "application/json",
    "text": "text/*",
    "binary": "*/*",
    "events": "text/event-stream",
    "lines": "application/x-ndjson",
    "none": "*/*",
}
_REDIRECTS = {301, 302, 303, 307, 308}
FIRST_REDIRECT = 300
MAX_REDIRECTS = 5


@dataclass(frozen=True)
class Arguments:
    """The arguments of one call, by wire name, as Python values."""

    path: Mapping[str, object] = field(default_factory=dict[str, object])
    query: Mapping[str, object] = field(default_factory=dict[str, object])
    headers: Mapping[str, object] = field(default_factory=dict[str, object])
    cookies: Mapping[str, object] = field(default_factory=dict[str, object])
    body: object = UNSET


@dataclass
class Plan(Generic[T]):
    """A call that is ready to be sent, as often as it takes."""

    operation: Operation[T]
    url: str
    headers: dict[str, str]
    content: Content | None
    key: str | None
    deadline: Deadline
    max_retries: int
    credentials: tuple[str, ...]
    retries: int = 0

    def timeout(self, attempt: float | None) -> Timeout:
        """What is left for the next try. Raises `APITimeoutError` when nothing is."""
        left = self.deadline.left()
        if left is not None and left <= 0:
            raise APITimeoutError("the call took too long", idempotency_key=self.key)
        bounds = [bound for bound in (left, attempt) if bound is not None]
        bound = min(bounds) if bounds else None
        # What is handed over as it arrives may be a long time coming; an answer may not.
        handed_over = self.operation.result in ("events", "lines", "binary")
        return Timeout(bound, bound, None if handed_over else bound)


@dataclass(frozen=True)
class Settings:
    """What a client was made with."""

    service: Service
    base_url: str
    timeout: float | None = 60.0
    attempt_timeout: float | None = None
    max_retries: int = 2
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class EngineBase:
    """Prepares calls and judges answers; does no input or output."""

    def __init__(self, settings: Settings, available: frozenset[str]) -> None:
        self.settings = settings
        self._available = available
        self._budget = RetryBudget()

    def plan(self, operation: Operation[T], arguments: Arguments, options: CallOptions) -> Plan[T]:
        """Writes a request. Raises `ValueError` for an argument that cannot be written."""
        timeout = options.get("timeout", self.settings.timeout)
        key = None
        if operation.idempotency_header is not None:
            key = options.get("idempotency_key") or str(uuid.uuid4())
        content = _content(operation.body, arguments.body, options.get("extra_body"))
        return Plan(
            operation=operation,
            url=self._url(operation, arguments, options),
            headers=self._headers(operation, arguments, options, content, key),
            content=content,
            key=key,
            deadline=Deadline.after(timeout),
            max_retries=options.get("max_retries", self.settings.max_retries),
            credentials=self._credentials(operation),
        )

    def _url(self, operation: Operation[T], arguments: Arguments, options: CallOptions) -> str:
        path = operation.path
        for name, value in arguments.path.items():
            written = path_value(name, value, operation.path_styles.get(name, SIMPLE))
            path = path.replace(f"{{{name}}}", written)
        query = query_string(
            {**arguments.query, **options.get("extra_query", {})}, operation.query_styles
        )
        base = operation.servers[0].rstrip("/") if operation.servers else self.settings.base_url
        return f"{base}{path}?{query}" if query else f"{base}{path}"

    def _headers(
        self,
        operation: Operation[T],
        arguments: Arguments,
        options: CallOptions,
        content: Content | None,
        key: str | None,
    ) -> dict[str, str]:
        headers = {
            "accept": operation.accept or _ACCEPT[operation.result],
            "user-agent": self.settings.service.user_agent,
        }
        if content is not None:
            if content.content_type:
                headers["content-type"] = content.content_type
            if content.length is not None:
                headers["content-length"] = str(content.length)
        if key is not None and operation.idempotency_header is not None:
            headers[operation.idempotency_header.lower()] = key
        for name, value in arguments.headers.items():
            written = header_value(name, value, operation.header_styles.get(name, SIMPLE))
            if written is not None:
                headers[name.lower()] = written
        if cookies := cookie_header(arguments.cookies, operation.cookie_styles):
            headers["cookie"] = cookies
        for extra in (self.settings.headers, options.get("extra_headers", {})):
            for name, value in extra.items():
                headers[name.lower()] = header_value(name, value) or ""
        return headers

    def _credentials(self, operation: Operation[T]) -> tuple[str, ...]:
        """Picks the first set of schemes that the client has credentials for."""
        alternatives = operation.security
        if alternatives is None:
            alternatives = self.settings.service.security
        if not alternatives:
            return ()
        for alternative in alternatives:
            if self._available.issuperset(alternative):
                return alternative
        raise APIError(f"no credentials for this call: pass {' and '.join(alternatives[0])}")

    def info(self, plan: Plan[T], status: int, headers: Headers) -> ResponseInfo:
        """Reads the head of an answer, and hands it to `with_response`."""
        info = read_info(status, headers, self.settings.service.headers, plan.key, plan.retries)
        note(info)
        logger.debug("%s %s: %d", plan.operation.method, plan.operation.path, status)
        return info

    def no_answer(self, plan: Plan[T], error: TransportError) -> APIConnectionError:
        """Turns a failure of the transport into one of the call."""
        late = isinstance(error, TransportTimeoutError)
        kind = APITimeoutError if late else APIConnectionError
        return kind(str(error), idempotency_key=plan.key)

    def next_wait(self, plan: Plan[T], error: APIError) -> float | None:
        """Seconds until the next try, None when there is to be none.

        `error.retry_after` says how long the wait would have been, where it did not fit.
        """
        retried = isinstance(error, APIConnectionError) or (
            isinstance(error, StatusError) and error.status in RETRIED_STATUSES
        )
        again = plan.operation.repeatable and (plan.content is None or plan.content.replayable)
        if not retried or not again or plan.retries >= plan.max_retries:
            return None
        wait = backoff(plan.retries) if error.retry_after is None else error.retry_after
        if not plan.deadline.fits(wait):
            error.retry_after = wait
            return None
        if not self._budget.take():
            return None
        plan.retries += 1
        logger.info(
            "%s %s: retry %d in %.2f s", plan.operation.method, plan.operation.path,
            plan.retries, wait,
        )  # fmt: skip
        return wait

    def answered(self) -> None:
        """Notes that the server is well."""
        self._budget.succeeded()

    def status_error(
        self, plan: Plan[T], status: int, headers: Headers, data: bytes
    ) -> StatusError:
        """Makes the error that an answer stands for."""
        service = self.settings.service
        body, fields = _error_body(data)
        name = fields.get("name")
        kind = service.errors_by_name.get(name) if isinstance(name, str) else None
        if kind is None:
            kind = service.errors_by_status.get(status, StatusError)
        body = _typed_body(kind, data, body)
        message = next(
            (fields[k] for k in ("message", "detail", "title", "error") if _text(fields.get(k))),
            f"HTTP status {status}",
        )
        receipt = fields.get("receipt") or headers.get(service.headers.receipt or "")
        code, details = fields.get("code"), getattr(body, "details", fields.get("details"))
        return kind(
            cast("str", message),
            status=status,
            headers=headers,
            body=body,
            code=code if isinstance(code, int | str) else None,
            name=name if isinstance(name, str) else None,
            receipt=receipt if isinstance(receipt, str) else None,
            details=cast("Sequence[Any]", details) if isinstance(details, list) else None,
            idempotency_key=plan.key,
            retry_after=parse_retry_after(headers.get(service.headers.retry_after)),
        )

    def decode(self, plan: Plan[T], codec: Codec[Any], data: bytes, info: ResponseInfo) -> Any:
        """Reads the body of an answer. Raises `DecodeError`."""
        try:
            return codec.decode(data)
        except msgspec.DecodeError as error:
            raise DecodeError(
                f"{plan.operation.method} {plan.operation.path}: {error}",
                status=info.status,
                headers=info.headers,
                body=data,
                receipt=info.receipt,
                idempotency_key=plan.key,
            ) from error


def _error_body(data: bytes) -> tuple[Any, dict[str, Any]]:
    """The body as JSON, else as text, and its properties if it has any."""
    try:
        value: Any = msgspec.json.decode(data)
    except msgspec.DecodeError:
        return data.decode("utf-8", "replace"), {}
    fields = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    return cast("Any", value), fields


def _typed_body(kind: type[StatusError], data: bytes, body: Any) -> Any:
    """The body as the type that its kind declares; as it is where it does not fit."""
    target = kind.body_type()
    if target is None:
        return body
    try:
        return Codec[Any](target).decode(data)
    except msgspec.DecodeError:
        return body


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def redirect_url(plan: Plan[T], url: str, status: int, headers: Headers) -> str | None:
    """Where a redirect leads, None when the answer is none or must not be followed."""
    location = headers.get("location")
    if status not in _REDIRECTS or location is None or plan.operation.method not in ("GET", "HEAD"):
        return None
    target = urljoin(url, location)
    parts = urlsplit(target)
    return target if parts.scheme in ("http", "https") and parts.hostname else None


def same_origin(one: str, other: str) -> bool:
    """True when two URLs share scheme, host and port: where credentials may go (RFC 6454)."""
    return _origin(one) == _origin(other)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _content(spec: Body | None, body: object, extra: Mapping[str, Any] | None) -> Content | None:
    if spec is None or body is UNSET:
        if extra:
            return of_bytes(msgspec.json.encode(to_wire(extra)), "application/json")
        return None
    if spec.kind == "binary":
        return of_binary(cast("Any", body), spec.content_type)
    if spec.kind == "text":
        return of_bytes(cast("str", body).encode(), spec.content_type)
    wire = to_wire(body)
    if extra and isinstance(wire, dict):
        wire = {**cast("dict[str, Any]", wire), **to_wire(extra)}
    if not wire and not spec.required:
        return None
    if spec.kind == "json":
        return of_bytes(msgspec.json.encode(wire), spec.content_type)
    return form(wire, spec) if spec.kind == "form" else multipart(wire, spec)
