"""What generated records are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Self, cast

import msgspec
from msgspec import UNSET, UnsetType

__all__ = ["UNSET", "Model", "Unknown", "UnsetType", "to_wire"]

_EXTRA = "extra"
_LONGEST = 1000
"""Digits: a decimal of a million zeros stays in its short form."""


class Model(msgspec.Struct, kw_only=True, dict=True, forbid_unknown_fields=True):
    """A record of the API.

    An optional property is `None` when it is absent; where the document also allows `null`, it is
    `UNSET` when it is absent and `None` when it is `null`. Properties that this version does not
    know are kept in `extra_fields`. `forbid_unknown_fields` is how the fast decoder notices them:
    it refuses, and `decode` reads the value again with room for them. Subclasses say
    `kw_only=True`, which is not inherited. A variant of a union says its tag as `tag_field` and
    `tag`, by which the fast decoder tells it.
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

        Decimals are texts; times and bytes stay Python values.
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
        own = self.__struct_config__
        fields = [f"{own.tag_field}={own.tag!r}"] if own.tag_field else []
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
    """Turns models into JSON objects, decimals into texts, all the way down.

    Other values stay as they are.
    """
    if isinstance(value, Model):
        return _record(value)
    if isinstance(value, Unknown):
        return value.value
    if isinstance(value, Decimal):
        # `str` writes what is small as `1E-7`, which is no decimal to others.
        return format(value, "f") if abs(value.adjusted()) < _LONGEST else str(value)
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, object]", value)
        return {key: to_wire(item) for key, item in mapping.items() if item is not UNSET}
    if isinstance(value, str | bytes | bytearray | memoryview):
        return cast("object", value)
    if isinstance(value, Sequence | AbstractSet):
        return [to_wire(item) for item in cast("Sequence[object]", value)]
    return value


def _record(record: Model) -> dict[str, Any]:
    own = record.__struct_config__
    wire: dict[str, Any] = {own.tag_field: own.tag} if own.tag_field else {}
    for name, wire_name, none_is_absent in _plan(type(record)):
        item = getattr(record, name)
        if item is UNSET or (item is None and none_is_absent):
            continue
        wire[wire_name] = to_wire(item)
    for name, item in record.__dict__.get(_EXTRA, {}).items():
        # A tag among them is one that this version does not know.
        if name not in wire or name == own.tag_field:
            wire[name] = to_wire(item)
    return wire
