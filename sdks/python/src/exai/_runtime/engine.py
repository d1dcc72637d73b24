"""What a call is made of before and after the network: shared by the sync and the async client."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import msgspec
from msgspec import UNSET

from .auth import Carried, carry
from .content import Content, of_binary, of_bytes
from .decode import Codec
from .errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    DecodeError,
    StatusError,
)
from .governor import Governor
from .headers import Headers
from .logs import Redaction, logger
from .model import to_wire
from .operation import Body, Operation
from .options import CallOptions
from .parameters import SIMPLE, cookie_header, header_value, path_value, query_string
from .response import ResponseInfo, note
from .retry import (
    RETRIED_STATUSES,
    Deadline,
    RetryBudget,
    backoff,
    parse_retry_after,
)
from .service import BaseURL, Service
from .transport import HttpRequest, Timeout, TransportError, TransportTimeoutError

if TYPE_CHECKING:
    from .telemetry import Tracer

T = TypeVar("T")

_ACCEPT = {
    "json": "application/json",
    "text": "text/*",
    "binary": "*/*",
    "events": "text/event-stream",
    "lines": "application/x-ndjson",
    "none": "*/*",
    "any": "application/json, */*;q=0.5",
}
TOO_MANY_REQUESTS = 429


class Arguments(msgspec.Struct, frozen=True):
    """The arguments of one call, by wire name, as Python values."""

    path: Mapping[str, object] = {}
    query: Mapping[str, object] = {}
    headers: Mapping[str, object] = {}
    cookies: Mapping[str, object] = {}
    body: object = UNSET


NO_ARGUMENTS = Arguments()


@dataclass(slots=True)
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

    def attempt(self, seconds: float | None) -> Deadline:
        """The end of the next try. Raises `APITimeoutError` when no time is left for one."""
        if self.deadline.left() == 0:
            raise APITimeoutError("the call took too long", idempotency_key=self.key)
        return self.deadline if seconds is None else self.deadline.sooner(seconds)

    def timeout(self, attempt: Deadline) -> Timeout:
        """What is left of a try."""
        bound = attempt.left()
        # What is handed over as it arrives may be a long time coming; an answer may not.
        if self.operation.result in _HANDED_OVER:
            return Timeout(bound, bound, None, None)
        return Timeout(bound, bound, bound, bound)


_HANDED_OVER = frozenset({"events", "lines", "binary"})


@dataclass(frozen=True)
class Settings:
    """What a client was made with."""

    service: Service
    base_url: BaseURL
    timeout: float | None = 60.0
    attempt_timeout: float | None = None
    max_retries: int = 2
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    governor: bool = False
    tracer: Tracer | bool | None = None
    """Makes a span a call; True is what OpenTelemetry is set up with."""


class EngineBase:
    """Prepares calls and judges answers; does no input or output."""

    def __init__(self, settings: Settings, tokens: Mapping[str, object]) -> None:
        self.settings = settings
        self._given = {name: token for name, token in tokens.items() if token is not None}
        self._carried: dict[tuple[str, ...], Carried] = {}
        self._lock = Lock()
        self.closed = False
        self._budget = RetryBudget()
        self._governor = Governor() if settings.governor else None
        self._tracer = None
        if settings.tracer:
            from .telemetry import tracer_of

            self._tracer = tracer_of(settings.tracer, logger.name)
        self._redaction = Redaction(settings.service)
        self._redaction.listen()

    def ready(self) -> object:
        """Gives the transport."""
        raise NotImplementedError

    def plan(
        self,
        operation: Operation[T],
        arguments: Arguments,
        options: CallOptions,
        deadline: Deadline | None = None,
    ) -> Plan[T]:
        """Writes a request. Raises `ValueError` for an argument that cannot be written."""
        if self.closed:
            raise APIError("the client is closed")
        self.ready()  # What is loaded only once must not cost a call its time.
        settings = self.settings
        key = None
        if operation.idempotency_header is not None:
            key = options.get("idempotency_key") or str(uuid.uuid4())
        content = _content(operation.body, arguments.body, options.get("extra_body"))
        return Plan(
            operation,
            self._url(operation, arguments, options),
            self._headers(operation, arguments, options, content, key),
            content,
            key,
            deadline or Deadline.after(options.get("timeout", settings.timeout)),
            options.get("max_retries", settings.max_retries),
            self._credentials(operation),
        )

    def _url(self, operation: Operation[T], arguments: Arguments, options: CallOptions) -> str:
        path = operation.path
        for name, value in arguments.path.items():
            written = path_value(name, value, operation.path_styles.get(name, SIMPLE))
            path = path.replace(f"{{{name}}}", written)
        query = ""
        if arguments.query or "extra_query" in options:
            asked = {**arguments.query, **options.get("extra_query", {})}
            query = query_string(asked, operation.query_styles)
        base = self.settings.base_url.of(operation.server)
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
            headers.update(content.headers())
        if key is not None and operation.idempotency_header is not None:
            headers[operation.idempotency_header.lower()] = key
        for name, value in arguments.headers.items():
            written = header_value(name, value, operation.header_styles.get(name, SIMPLE))
            if written is not None:
                headers[name.lower()] = written
        if arguments.cookies:
            headers.update(cookie_header(arguments.cookies, operation.cookie_styles))
        for extra in (self.settings.headers, options.get("extra_headers")):
            if extra:
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
            if all(name in self._given for name in alternative):
                return alternative
        raise APIError(f"no credentials for this call: pass {' and '.join(alternatives[0])}")

    def authorized(self, plan: Plan[T], tokens: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """URL and headers of a try, with its credentials."""
        carried = self._carried.get(plan.credentials)
        if carried is None:
            schemes = self.settings.service.schemes
            carried = carry([(schemes[name], tokens[name]) for name in plan.credentials])
            if all(isinstance(self._given[name], str) for name in plan.credentials):
                self._carried[plan.credentials] = carried
        url, headers = plan.url, {**carried.headers, **plan.headers}
        if carried.query:
            url += ("&" if "?" in url else "?") + carried.query
        if carried.cookies:
            known = headers.get("cookie")
            headers["cookie"] = carried.cookies if known is None else f"{known}; {carried.cookies}"
        return url, headers

    def info(self, plan: Plan[T], status: int, headers: Headers, data: bytes = b"") -> ResponseInfo:
        """Gives the head of an answer, and hands it to `with_response`."""
        info = ResponseInfo(status, headers, self.settings.service.headers, plan.key, plan.retries)
        note(info, data)
        return info

    def began(self) -> float:
        """Notes that a try is sent: when it began."""
        if self._governor is not None:
            self._governor.sent()
        return time.perf_counter()

    def ended(
        self,
        request: HttpRequest,
        began: float,
        status: int = 0,
        headers: Headers | None = None,
    ) -> None:
        """Notes that a try has its answer, or will have none."""
        if self._governor is not None:
            self._governor.ended()
            if headers is not None:
                info = ResponseInfo(status, headers, self.settings.service.headers, None, 0)
                self._governor.learn(info.rate_limit.remaining, info.rate_limit.reset)
        if logger.isEnabledFor(logging.DEBUG):
            self._redaction.log(request, time.perf_counter() - began, status, headers)

    def held_back(self, plan: Plan[T], wait: float) -> None:
        """Refuses to wait longer than the call has. Raises `APITimeoutError`."""
        if not plan.deadline.fits(wait):
            raise APITimeoutError(
                "the wait that the rate limit asks for does not fit into the call's time",
                idempotency_key=plan.key,
                retry_after=wait,
            )

    def no_answer(self, plan: Plan[T], error: TransportError) -> APIConnectionError:
        """Turns a failure of the transport into one of the call."""
        late = isinstance(error, TransportTimeoutError)
        kind = APITimeoutError if late else APIConnectionError
        return kind(str(error), idempotency_key=plan.key)

    def next_wait(self, plan: Plan[T], error: APIError) -> float | None:
        """Seconds until the next try, None when there is to be none.

        `error.retry_after` says how long the wait would have been, where it did not fit.
        """
        limited = isinstance(error, StatusError) and error.status == TOO_MANY_REQUESTS
        if self._governor is not None and limited and error.retry_after is not None:
            self._governor.refused(error.retry_after)
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
        """Reads the body of an answer; none at all is null. Raises `DecodeError`."""
        try:
            return codec.decode(data or b"null")
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
    if wire == {} and not spec.required:
        return None
    if spec.kind == "json":
        return of_bytes(msgspec.json.encode(wire), spec.content_type)
    from .multipart import form, multipart  # Few calls send forms.

    return form(wire, spec) if spec.kind == "form" else multipart(wire, spec)
