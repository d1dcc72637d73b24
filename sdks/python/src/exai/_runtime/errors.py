"""What a call can raise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .headers import Headers


class APIError(Exception):
    """The base of everything that a call raises, usage errors apart.

    It never holds a token: neither the request nor its headers are kept.
    """

    def __init__(
        self,
        message: str,
        *,
        idempotency_key: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.idempotency_key = idempotency_key
        """The key that was sent: another call with it cannot run the operation twice."""
        self.retry_after = retry_after
        """Seconds that the server asked to wait for, where it did."""
        self.wait_token: str | None = None
        """Where a wait that this error ended can go on, once what it waits for has begun."""


class APIConnectionError(APIError):
    """No answer came: no connection, or it broke before the answer was whole."""


class APITimeoutError(APIConnectionError):
    """No answer came in the time that the call was given."""


class DecodeError(APIError):
    """An answer came that is not of the declared type; `body` holds it as it was."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        headers: Headers,
        body: bytes,
        receipt: str | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        super().__init__(message, idempotency_key=idempotency_key)
        self.status = status
        self.headers = headers
        self.body = body
        self.receipt = receipt


class StatusError(APIError):
    """The server answered with an error. Generated classes stand for the declared kinds."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        headers: Headers,
        body: Any,
        code: int | str | None = None,
        name: str | None = None,
        receipt: str | None = None,
        details: Sequence[Any] | None = None,
        idempotency_key: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, idempotency_key=idempotency_key, retry_after=retry_after)
        self.status = status
        """The HTTP status."""
        self.headers = headers
        """The header fields of the answer."""
        self.body = body
        """The error's body: its declared type, else decoded JSON, else text."""
        self.code = code
        """What the body calls the error: a number or a word."""
        self.name = name
        """The kind of the error, as the body names it."""
        self.receipt = receipt
        """The id under which the server knows this answer."""
        self.details: list[Any] = list(details or ())
        """What is wrong with which part of the request, where the server says so."""

    def __str__(self) -> str:
        known = [str(self.status)]
        if self.name:
            known.append(self.name)
        if self.receipt:
            known.append(self.receipt)
        return f"{self.message} ({', '.join(known)})"

    @classmethod
    def body_type(cls) -> object:
        """Gives the type of `body`; None where the document says nothing of it."""
        return None


class WebhookVerificationError(Exception):
    """A webhook that does not come from who it says, or is too old to be trusted."""
