"""A small API as generated code would describe it, for tests of the runtime."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

import msgspec

from exai._runtime.async_engine import AsyncEngine
from exai._runtime.auth import Scheme, Token
from exai._runtime.engine import Settings
from exai._runtime.errors import StatusError
from exai._runtime.model import UNSET, Model, Unknown, UnsetType
from exai._runtime.operation import Body, LongRunning, Operation, PagedOperation
from exai._runtime.service import HeaderRoles, Server, Service
from exai._runtime.sync_engine import Engine
from exai._runtime.unions import tagged, untagged

Color: TypeAlias = Literal["red", "green"] | str
Closed: TypeAlias = Literal["a", "b"]


class Created(Model, kw_only=True, tag_field="type", tag="note.created"):
    type: ClassVar[Literal["note.created"]] = "note.created"
    id: str


class Deleted(Model, kw_only=True, tag_field="type", tag="note.deleted"):
    type: ClassVar[Literal["note.deleted"]] = "note.deleted"
    id: str
    reason: str | UnsetType | None = UNSET


class Square(Model, kw_only=True):
    kind: str
    side: int


class Shelf(Model, kw_only=True):
    name: str
    children: list[Tree] | None = None


if TYPE_CHECKING:
    Event: TypeAlias = Created | Deleted | Unknown
    Shape: TypeAlias = Square | Unknown
    Tree: TypeAlias = str | Shelf | Unknown
else:
    Event = Created | Deleted
    Shape = tagged("Shape", "kind", lambda: {"square": Square, "box": Square})
    Tree = untagged("Tree", lambda: (str, Shelf))


class Note(Model, kw_only=True):
    id: str
    size: int = 0
    price: Decimal | None = None
    color: Color | None = None
    closed: Closed | None = None
    made_at: datetime | None = None
    parent: str | UnsetType | None = UNSET
    class_: str | None = msgspec.field(name="class", default=None)
    last: Event | None = None
    shape: Shape | None = None
    trees: list[Tree] | None = None
    secret: str | None = None

    __secrets__: ClassVar[tuple[str, ...]] = ("secret",)


class Labels(Model, kw_only=True):
    name: str

    @property
    def extra_fields(self) -> dict[str, Event]:
        """Labels."""
        return self._extra()


class NotePage(Model, kw_only=True):
    data: list[Note]
    next_cursor: str | None


class NotFoundError(StatusError):
    """404"""


GET: Operation[Note] = Operation("GET", "/notes/{id}", "json", Note)
TEXT: Operation[str] = Operation("GET", "/notes/{id}/text", "text")
CREATE: Operation[Note] = Operation(
    "POST", "/notes", "json", Note, "createNote", body=Body("json", "application/json"),
    idempotency_header="Idempotency-Key",
)  # fmt: skip
UNSAFE: Operation[Note] = Operation(
    "POST", "/unsafe", "json", Note, body=Body("json", "application/json")
)
DELETE: Operation[None] = Operation("DELETE", "/notes/{id}")
LIST: PagedOperation[Note] = PagedOperation(
    "GET", "/notes", "json", NotePage, cursor="cursor", items=("data",), next=("next_cursor",)
)
EVENTS: Operation[Event] = Operation(
    "GET", "/notes/{id}/events", "events", Event, resume_header="Last-Event-ID",
    terminal=frozenset({"note.deleted"}),
)  # fmt: skip
LINES: Operation[Note] = Operation("GET", "/lines", "lines", Note)
DOWNLOAD: Operation[bytes] = Operation("GET", "/files", "binary")
UPLOAD: Operation[None] = Operation(
    "PUT", "/files", body=Body("binary", "application/octet-stream")
)
REPLACE: Operation[None] = Operation(
    "PUT", "/notes", body=Body("json", "application/json", required=False)
)
FORM: Operation[None] = Operation(
    "PUT", "/form", body=Body("form", "application/x-www-form-urlencoded")
)
PARTS: Operation[None] = Operation("PUT", "/parts", body=Body("multipart", "multipart/form-data"))
WAIT: LongRunning[Note] = LongRunning(
    CREATE, GET, {"id": ("id",)}, ("color",), frozenset({"green"}), EVENTS, {"id": ("id",)}
)

SERVICE = Service(
    user_agent="notes/1",
    env_prefix="NOTES",
    servers={
        "production": Server("https://api.example.com/v1"),
        "staging": Server("https://api.staging.example.com/v1"),
        "dedicated": Server("https://{tenant}.example.com/v1", {"tenant": "demo"}),
    },
    schemes={"api_key": Scheme()},
    security=(("api_key",),),
    headers=HeaderRoles(
        receipt="x-receipt",
        rate_limit_remaining="X-RateLimit-Remaining",
        rate_limit_reset="X-RateLimit-Reset",
        idempotent_replayed="Idempotent-Replayed",
    ),
    errors_by_name={"not_found": NotFoundError},
    errors_by_status={404: NotFoundError},
)

TOKEN = "sk_test_never_shown"


def sync_engine(url: str, token: Token = TOKEN, **settings: Any) -> Engine:
    """An engine that calls a local server."""
    return Engine(Settings(SERVICE, SERVICE.base_url(url), **settings), {"api_key": token})


def async_engine(url: str, **settings: Any) -> AsyncEngine:
    """As `sync_engine`."""
    return AsyncEngine(Settings(SERVICE, SERVICE.base_url(url), **settings), {"api_key": TOKEN})
