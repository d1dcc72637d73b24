"""What generated records are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any, ClassVar, Self, cast

import msgspec
from msgspec import UNSET, UnsetType

__all__ = ["UNSET", "Model", "Unknown", "UnsetType", "to_wire"]

_EXTRA = "extra"


class Model(msgspec.Struct, kw_only=True, dict=True, forbid_unknown_fields=True):
    """A record of the API.

    An optional property is `None` when it is absent; where the document also allows `null`, it is
    `UNSET` when it is absent and `None` when it is `null`. Properties that this version does not
    know are kept in `extra_fields`. `forbid_unknown_fields` is how the fast decoder notices them:
    it refuses, and `decode` reads the value again with room for them. Subclasses say
    `kw_only=True`, which is not inherited.
    """

    __secrets__: ClassVar[tuple[str, ...]] = ()
    """Attributes that `repr` masks."""

    @property
    def extra_fields(self) -> dict[str, Any]:
        """Properties beside the declared ones, by wire name; sent along when the record is."""
        return self._extra()

    def _extra(self) -> dict[str, Any]:
        attributes: dict[str, Any] = self.__dict__  # pyright: ignore[reportAssignmentType]
        extra: dict[str, Any] = attributes.setdefault(_EXTRA, {})
        return extra

    def to_dict(self) -> dict[str, Any]:
        """Gives the record as it is sent: wire names, absent properties left out.

        Times, decimals and bytes stay Python values.
        """
        return cast("dict[str, Any]", to_wire(self))

    def to_json(self) -> bytes:
        """Gives the record as JSON, UTF-8."""
        return msgspec.json.encode(to_wire(self))

    @classmethod
    def from_json(cls, data: bytes | str) -> Self:
        """Reads a record from JSON. Raises `msgspec.DecodeError` when it is not one."""
        from .decode import Codec  # `decode` needs this module.

        return Codec[Self](cls).decode(data.encode() if isinstance(data, str) else data)

    def __repr__(self) -> str:
        fields: list[str] = []
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value is UNSET:
                continue
            shown = "'***'" if value is not None and name in self.__secrets__ else repr(value)
            fields.append(f"{name}={shown}")
        if extra := self.__dict__.get(_EXTRA):
            # What is not known may be a secret: only the names are shown.
            fields.append(f"extra_fields={sorted(extra)!r}")
        return f"{type(self).__name__}({', '.join(fields)})"


class Unknown(msgspec.Struct, frozen=True):
    """A value of a union that fits none of the variants this version knows."""

    tag: str | None
    """What the tag says; None when the union has no tag or the value lacks it."""
    value: Any
    """The decoded JSON, whole."""


@cache
def _plan(model: type[Model]) -> tuple[tuple[str, str, bool], ...]:
    """Attribute, wire name, and whether `None` means absent, for each field of a record."""
    return tuple(
        (field.name, field.encode_name, field.default is None)
        for field in msgspec.structs.fields(model)
    )


def to_wire(value: object) -> Any:
    """Turns models into JSON objects, all the way down; other values stay as they are."""
    if isinstance(value, Model):
        wire: dict[str, Any] = {}
        for name, wire_name, none_is_absent in _plan(type(value)):
            item = getattr(value, name)
            if item is UNSET or (item is None and none_is_absent):
                continue
            wire[wire_name] = to_wire(item)
        for name, item in value.__dict__.get(_EXTRA, {}).items():
            wire.setdefault(name, to_wire(item))
        return wire
    if isinstance(value, Unknown):
        return value.value
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, object]", value)
        return {key: to_wire(item) for key, item in mapping.items() if item is not UNSET}
    if isinstance(value, str | bytes | bytearray | memoryview):
        return cast("object", value)
    if isinstance(value, Sequence | AbstractSet):
        return [to_wire(item) for item in cast("Sequence[object]", value)]
    return value
