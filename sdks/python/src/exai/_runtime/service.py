"""What generated code says about the API as a whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from .auth import Scheme
from .errors import StatusError


@dataclass(frozen=True)
class Server:
    """A base URL, with `{holes}` for its variables."""

    url: str
    defaults: Mapping[str, str] = field(default_factory=dict[str, str])
    """Each variable and what stands for it when nothing is given."""


def _checked(base_url: str) -> str:
    """Gives a base URL without a slash at its end, unless it is none."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("the base URL must be an absolute http or https URL")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("the base URL must not hold credentials, a query or a fragment")
    return base_url.rstrip("/")


class BaseURL(NamedTuple):
    """What the paths of operations are below."""

    url: str
    """Without a slash at its end."""
    is_own: bool
    """The caller gave it, and not the document: then it is that of every operation."""

    def of(self, server: str | None) -> str:
        """Gives the base URL of an operation that has this server of its own, or none."""
        if server is None or self.is_own:
            return self.url
        return _checked(urljoin(f"{self.url}/", server))


@dataclass(frozen=True)
class HeaderRoles:
    """The names of the answer's headers that mean something to every call."""

    receipt: str | None = None
    rate_limit_remaining: str | None = None
    rate_limit_reset: str | None = None
    retry_after: str = "retry-after"
    idempotent_replayed: str | None = None


@dataclass(frozen=True)
class Service:
    """An API: where it is, how to authenticate, what its errors are."""

    user_agent: str
    env_prefix: str
    """Of environment variables: the base URL is read from `PREFIX_BASE_URL`."""
    servers: Mapping[str, Server]
    """By the name of the environment; the first is the default."""
    schemes: Mapping[str, Scheme] = field(default_factory=dict[str, Scheme])
    security: tuple[tuple[str, ...], ...] = ()
    """What an operation wants that says nothing of its own."""
    headers: HeaderRoles = field(default_factory=HeaderRoles)
    idempotency_header: str | None = None
    """The header that carries the key of a write; None where the API has no keys."""
    errors_by_name: Mapping[str, type[StatusError]] = field(
        default_factory=dict[str, type[StatusError]]
    )
    errors_by_status: Mapping[int, type[StatusError]] = field(
        default_factory=dict[int, type[StatusError]]
    )

    def environment(self, name: str) -> str | None:
        """Reads `PREFIX_NAME` from the environment; None when it is unset or empty."""
        return os.environ.get(f"{self.env_prefix}_{name}") or None

    def base_url(
        self,
        base_url: str | None,
        environment: str | None = None,
        variables: Mapping[str, str | None] | None = None,
    ) -> BaseURL:
        """Gives the base URL of a client.

        An argument is preferred to the environment variable, the environment variable to the
        document. A variable (`tenant`) chooses the server that has it. Raises `ValueError` for an
        unknown environment, and for a value that would name another host.
        """
        given = {name: value for name, value in (variables or {}).items() if value is not None}
        if base_url is None and environment is None and not given:
            base_url = self.environment("BASE_URL")
        is_own = base_url is not None
        if base_url is None:
            base_url = self._from_servers(environment, given)
        return BaseURL(_checked(base_url), is_own)

    def _from_servers(self, environment: str | None, given: Mapping[str, str]) -> str:
        candidates = [
            server
            for name, server in self.servers.items()
            if environment in (None, name) and set(given) <= set(server.defaults)
        ]
        if not candidates:
            asked = environment or ", ".join(given) or "none"
            known = ", ".join(self.servers) or "none; pass base_url"
            raise ValueError(f"no server for {asked!r}; environments: {known}")
        url = candidates[0].url
        for name, default in candidates[0].defaults.items():
            value = given.get(name, default)
            if name in given and quote(value, safe="") != value:
                raise ValueError(f"{name} must be letters, digits, `-`, `.`, `_` or `~`")
            url = url.replace(f"{{{name}}}", value)
        return url
