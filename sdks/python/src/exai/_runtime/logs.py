"""What the client logs: retries, and each try at the level of debugging. Never a secret, and no
body.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

from .headers import Headers
from .service import Service
from .transport import HttpRequest

logger = logging.getLogger(__name__.partition(".")[0])
"""The package's own, named as it."""

_SECRET = re.compile(
    "auth|cookie|credential|key|password|secret|session|signature|token", re.IGNORECASE
)
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warn": logging.WARNING,
           "warning": logging.WARNING, "error": logging.ERROR}  # fmt: skip


class Redaction:
    """Writes requests and answers into the log without what must not be read there."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._carriers = {
            scheme.name.lower() for scheme in service.schemes.values() if scheme.place == "header"
        }

    def listen(self) -> None:
        """Writes the log to standard error, when `PREFIX_LOG` of the environment says a level."""
        level = _LEVELS.get((self._service.environment("LOG") or "").lower())
        if level is None:
            return
        logger.setLevel(level)
        if not logger.handlers:
            handler = logging.StreamHandler()
            handler.setFormatter(
                logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
            )
            logger.addHandler(handler)

    def log(
        self, request: HttpRequest, seconds: float, status: int, headers: Headers | None
    ) -> None:
        """Logs one try and what came of it; a status of 0 is no answer."""
        url = _without_query(request.url)
        sent = self._shown(request.headers.items())
        if headers is None:
            logger.debug("%s %s: no answer in %.3f s; %s", request.method, url, seconds, sent)
            return
        receipt = headers.get(self._service.headers.receipt or "")
        logger.debug(
            "%s %s: %d in %.3f s, receipt %s; sent %s, got %s", request.method, url, status,
            seconds, receipt, sent, self._shown(headers.items()),
        )  # fmt: skip

    def _shown(self, fields: Iterable[tuple[str, str]]) -> dict[str, str]:
        shown: dict[str, str] = {}
        for name, value in fields:
            lower = name.lower()
            secret = lower in self._carriers or _SECRET.search(lower) is not None
            # The query of a link may be what opens it.
            shown[lower] = "***" if secret else _without_query(value)
        return shown


def _without_query(text: str) -> str:
    return text.partition("?")[0]
