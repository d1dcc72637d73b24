# Written by unasync.py from async_waits.py; DO NOT EDIT.
"""Waiting for what an operation has only begun, over a sync transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from . import sync_io as io
from .engine import Arguments
from .errors import APIError, APITimeoutError
from .operation import LongRunning, pick
from .options import StreamOptions, WaitOptions
from .retry import Deadline, sooner
from .transport import TransportTimeoutError
from .waits import WaitToken

if TYPE_CHECKING:
    from .sync_engine import Engine

T = TypeVar("T")

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 5.0


class Wait(Generic[T]):
    """One wait: by the stream of what was begun, else by asking."""

    def __init__(self, engine: Engine, long_running: LongRunning[T], options: WaitOptions) -> None:
        self._engine = engine
        self._long_running = long_running
        self._report = options.get("on_waiting")
        self._options = options
        self._deadline = Deadline.after(options.get("timeout"))
        self._token: WaitToken | None = None

    def start(self, arguments: Arguments) -> None:
        """Begins what is waited for."""
        plan = self._engine.plan(self._long_running.start, arguments, self._options)
        started = self._engine.perform(plan)
        self._token = WaitToken.of(self._long_running, started, plan.key)

    def resume(self, token: str) -> None:
        """Goes on where a token was left. Raises `ValueError` for one of another operation."""
        self._token = WaitToken.read(self._long_running, token)

    def end(self) -> T:
        """Waits for the end. Every error carries the latest token."""
        token = self._token
        if token is None:
            raise RuntimeError("nothing has been begun")
        try:
            self._say(token)
            return io.within(self._deadline.left(), self._wait(token))
        except TransportTimeoutError:
            raise self._late(token) from None
        except BaseException as error:
            # Cancellation is no error of ours, and still must tell where to go on.
            vars(error)["wait_token"] = token.written()
            raise

    def _wait(self, token: WaitToken) -> T:
        self._follow(token)
        return self._poll(token)

    def _say(self, token: WaitToken) -> None:
        if self._report is not None:
            self._report(token.written())

    def _follow(self, token: WaitToken) -> None:
        """Follows the stream to its end, as far as there is one."""
        operation = self._long_running.stream
        if operation is None or token.stream is None:
            return
        options = self._following()
        if token.last_event_id is not None:
            options["last_event_id"] = token.last_event_id
        arguments = Arguments(path=token.stream)
        events = self._engine.stream(operation, options, arguments, self._deadline)
        try:
            with events:
                for _ in events:
                    if events.last_event_id not in (None, token.last_event_id):
                        token.last_event_id = events.last_event_id
                        self._say(token)
        except APIError:
            # Polling finds out whether the stream or the thing itself is broken.
            if self._deadline.left() == 0:
                raise

    def _poll(self, token: WaitToken) -> T:
        """Asks until it is over."""
        pause = _FIRST_PAUSE
        while True:
            options = self._following()
            options["timeout"] = sooner(self._deadline.left(), self._engine.settings.timeout)
            now = self._engine.call(self._long_running.poll, options, Arguments(path=token.poll))
            if pick(now, self._long_running.state) in self._long_running.terminal:
                return now
            if not self._deadline.fits(pause):
                raise self._late(token)
            io.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 1.5)

    def _late(self, token: WaitToken) -> APITimeoutError:
        error = APITimeoutError("the operation is not over yet", idempotency_key=token.key)
        error.wait_token = token.written()
        return error

    def _following(self) -> StreamOptions:
        """The options of the calls behind the first, which are no writes."""
        options: StreamOptions = {"timeout": self._deadline.left()}
        if "max_retries" in self._options:
            options["max_retries"] = self._options["max_retries"]
        if "extra_headers" in self._options:
            options["extra_headers"] = self._options["extra_headers"]
        return options
