"""The token of a wait: what is left of it when it ends before what it waits for."""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import msgspec

from .operation import Attributes, LongRunning, pick

VERSION = 1

_SLOT = re.compile(r"\{([^{}]*)\}")


class _Form(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A token as all SDKs write it: these members, in this order."""

    v: int
    op: str
    poll: list[str]
    stream: list[str] | None = None
    last_event_id: str | None = None
    key: str | None = None


class WaitToken:
    """Where a wait stands: what to ask for, and behind which event. It holds no credentials and
    no URL.
    """

    def __init__(self, op: str, poll: Mapping[str, str], stream: Mapping[str, str] | None) -> None:
        self.op = op
        self.poll = poll
        """The path parameters of the poll."""
        self.stream = stream
        """Those of the stream; None where there is none."""
        self.last_event_id: str | None = None
        """The event that the wait has come to."""
        self.key: str | None = None
        """The idempotency key of what was begun."""

    @classmethod
    def of(cls, long_running: LongRunning[Any], started: object, key: str | None) -> WaitToken:
        """The token of what has just been begun."""
        stream = None
        if long_running.stream is not None:
            stream = _values(started, long_running.stream.path, long_running.stream_path)
        poll = _values(started, long_running.poll.path, long_running.poll_path)
        token = cls(long_running.start.id, poll, stream)
        token.key = key
        return token

    @classmethod
    def read(cls, long_running: LongRunning[Any], text: str) -> WaitToken:
        """Reads what `written` has written. Raises `ValueError` for anything else."""
        form = _decoded(text)
        op = long_running.start.id
        if form.op != op:
            raise ValueError(f"the token is one of {form.op!r}, not of {op!r}")
        poll = _slots(long_running.poll.path)
        names = () if long_running.stream is None else _slots(long_running.stream.path)
        known = form.stream is None or len(form.stream) == len(names) > 0
        if len(form.poll) != len(poll) or not known:
            raise ValueError("the token does not say what to ask for")
        stream = None if form.stream is None else dict(zip(names, form.stream, strict=True))
        token = cls(op, dict(zip(poll, form.poll, strict=True)), stream)
        token.last_event_id = form.last_event_id
        token.key = form.key
        return token

    def written(self) -> str:
        """Base64url without padding (RFC 4648, section 5) of compact JSON, alike in all SDKs."""
        form = _Form(
            VERSION,
            self.op,
            list(self.poll.values()),
            None if self.stream is None else list(self.stream.values()),
            self.last_event_id,
            self.key,
        )
        return urlsafe_b64encode(msgspec.json.encode(form)).rstrip(b"=").decode()


def _decoded(text: str) -> _Form:
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        version = msgspec.json.decode(data)["v"]
        if version != VERSION:
            raise ValueError(f"the token is of version {version!r}, and {VERSION} is known")
        return msgspec.json.decode(data, type=_Form)
    except (binascii.Error, msgspec.DecodeError, KeyError, TypeError, UnicodeError) as error:
        raise ValueError("this is no token of a wait") from error


def _slots(path: str) -> tuple[str, ...]:
    return tuple(_SLOT.findall(path))


def _values(started: object, path: str, at: Mapping[str, Attributes]) -> dict[str, str]:
    """The path parameters in the path's order, which is that of a token."""
    return {name: str(pick(started, at[name])) for name in _slots(path)}
