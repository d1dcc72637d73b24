"""A span a call, for OpenTelemetry. It is the extra `opentelemetry`; without it nothing is loaded.

Names of attributes are those of the semantic conventions for HTTP clients.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import urlsplit

from .errors import APIError, StatusError

if TYPE_CHECKING:
    from .engine import Plan


class Tracer(Protocol):
    """What makes spans: `opentelemetry.trace.get_tracer(...)` gives one."""

    @property
    def start_as_current_span(self) -> Callable[..., Any]:
        """Begins a span, ended with the context that this gives."""
        ...


def tracer_of(given: Tracer | Literal[True], name: str) -> Tracer:
    """The tracer of a client: the one given, or for True the one that is set up globally.

    Raises `ImportError` for True without opentelemetry-api.
    """
    if given is True:
        from opentelemetry import trace

        return trace.get_tracer(name)
    return given


@contextmanager
def spanned(tracer: Tracer, plan: Plan[Any]) -> Generator[Callable[[int], None]]:
    """A span around all tries of a call, up to the head of a stream; it takes the status."""
    from opentelemetry.trace import SpanKind, Status, StatusCode

    operation, parts = plan.operation, urlsplit(plan.url)
    attributes: dict[str, str | int] = {
        "http.request.method": operation.method,
        "url.full": plan.url.partition("?")[0],
        "url.template": operation.path,
        "server.address": parts.hostname or "",
    }
    if parts.port is not None:
        attributes["server.port"] = parts.port
    name = operation.id or operation.method
    # An error of the SDK holds no secret, but its message may hold what the server wrote.
    options = {"record_exception": False, "set_status_on_exception": False}
    with tracer.start_as_current_span(
        name, kind=SpanKind.CLIENT, attributes=attributes, **options
    ) as span:
        try:
            yield lambda status: span.set_attribute("http.response.status_code", status)
        except BaseException as error:
            kind = str(error.status) if isinstance(error, StatusError) else type(error).__name__
            span.set_attribute("error.type", kind)
            if isinstance(error, StatusError):
                span.set_attribute("http.response.status_code", error.status)
            if isinstance(error, APIError):
                span.set_status(Status(StatusCode.ERROR))
            raise
        finally:
            if plan.retries:
                span.set_attribute("http.request.resend_count", plan.retries)
