"""JSON to typed values: in one native pass, or once more with room for what is not known."""

from __future__ import annotations

import datetime as dt
import inspect
import re
import types
import typing
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import Any, Generic, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, UnsetType, ValidationError

from .model import Model, Unknown
from .unions import Tagged, Union, Untagged

T = TypeVar("T")

_CALENDAR = re.compile(r"P(\d+Y)?(\d+M)?(?:(\d+)W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")
"""A duration of RFC 3339, appendix A: msgspec reads those of days, hours, minutes and seconds."""


class Codec(Generic[T]):
    """Reads JSON of one type; made once, its decoder at first use."""

    def __init__(self, target: object) -> None:
        self._target = target

    @cached_property
    def _decoder(self) -> msgspec.json.Decoder[Any]:
        return msgspec.json.Decoder(cast("type[Any]", self._target), dec_hook=_hook)

    def decode(self, data: bytes) -> T:
        """Reads one value.

        Raises `msgspec.DecodeError` when the bytes are not JSON, and its subclass
        `msgspec.ValidationError` when the JSON is not of the type.
        """
        try:
            return cast("T", self._decoder.decode(data))
        except ValidationError:
            return cast("T", read(msgspec.json.decode(data), self._target))


def read(value: Any, target: Any, path: str = "$") -> Any:
    """Reads a decoded JSON value as `target`, keeping what the type does not know.

    Every level tries the native conversion first, so only the branches that hold something
    unknown are walked in Python. Raises `msgspec.ValidationError` with the place of what does not
    fit.
    """
    try:
        return msgspec.convert(value, target, dec_hook=_hook)
    except ValidationError as error:
        refusal = error
    if isinstance(target, Tagged):
        return _read_tagged(value, target.tag, target.variants, path)
    if isinstance(target, Untagged):
        return _read_first(value, target, path)
    if inspect.isclass(target) and issubclass(target, Model) and isinstance(value, dict):
        return _read_record(cast("dict[str, Any]", value), target, path)
    if target is dt.timedelta and isinstance(value, str) and (parts := _CALENDAR.fullmatch(value)):
        # Years and months have no length of their own, so those stay text.
        weeks = parts[3] if value == f"P{parts[3]}W" else None
        return value if weeks is None else dt.timedelta(weeks=int(weeks))
    return _read_generic(value, target, path, refusal)


def _read_generic(value: Any, target: Any, path: str, refusal: ValidationError) -> Any:
    origin, args = get_origin(target), get_args(target)
    if origin is Literal and type(value) in {type(arg) for arg in args}:
        return value
    if origin in (typing.Union, types.UnionType):
        return _read_arm(value, args, path, refusal)
    if isinstance(value, list) and origin in (list, Sequence):
        items = cast("Sequence[Any]", value)
        return [read(item, args[0], f"{path}[{i}]") for i, item in enumerate(items)]
    if isinstance(value, list) and origin is tuple:
        items = cast("Sequence[Any]", value)
        if len(items) == len(args):
            each = enumerate(zip(items, args, strict=True))
            return tuple(read(item, arg, f"{path}[{i}]") for i, (item, arg) in each)
    if isinstance(value, dict) and origin in (dict, Mapping):
        entries = cast("dict[str, Any]", value)
        return {key: read(item, args[1], f"{path}.{key}") for key, item in entries.items()}
    raise ValidationError(f"{refusal}, read at {path}")


def _read_tagged(value: Any, name: str, variants: Mapping[str, Any], path: str) -> Any:
    tag, variant = _told(value, name, variants)
    return Unknown(tag, value) if variant is None else read(value, variant, path)


def _told(value: Any, name: str, variants: Mapping[str, Any]) -> tuple[str | None, Any]:
    """The tag of a value, and the variant that it stands for; None where there is none."""
    fields = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    tag = fields.get(name)
    return (tag, variants.get(tag)) if isinstance(tag, str) else (None, None)


def _read_first(value: Any, union: Untagged, path: str) -> Any:
    whole = [option for option, demanded in _options(union) if _holds(value, demanded)]
    # A server may leave out what can only be one value: better such a variant than none.
    for option in (*whole, *union.options):
        try:
            return read(value, option, path)
        except ValidationError:
            continue
    return Unknown(None, value)


@cache
def _options(union: Untagged) -> Sequence[tuple[Any, frozenset[str]]]:
    """The variants of a union, each with the constants that it demands.

    A record fills those in by itself, so the decoder misses none.
    """

    def demanded(option: Any) -> frozenset[str]:
        if not (inspect.isclass(option) and issubclass(option, Model)):
            return frozenset()
        fields = msgspec.structs.fields(option)
        constants = (f for f in fields if get_origin(f.type) is Literal)
        return frozenset(f.encode_name for f in constants if get_args(f.type) == (f.default,))

    return [(option, demanded(option)) for option in union.options]


def _holds(value: Any, demanded: frozenset[str]) -> bool:
    return not demanded or not isinstance(value, dict) or demanded <= value.keys()


def _read_arm(value: Any, arms: tuple[Any, ...], path: str, refusal: ValidationError) -> Any:
    if variants := _variants(arms):
        return _read_tagged(value, *variants, path)
    last = refusal
    for arm in arms:
        if arm in (type(None), UnsetType):
            continue
        try:
            return read(value, arm, path)
        except ValidationError as error:
            last = error
    raise last


@cache
def _variants(arms: tuple[Any, ...]) -> tuple[str, Mapping[str, Any]] | None:
    """The property that tells the records among the arms of a union, and what its values say."""
    records = [arm for arm in arms if inspect.isclass(arm) and issubclass(arm, Model)]
    told = {record.__struct_config__.tag: record for record in records}
    name = records[0].__struct_config__.tag_field if records else None
    return (name, cast("Mapping[str, Any]", told)) if name and len(records) > 1 else None


def _read_record(value: dict[str, Any], model: type[Model], path: str) -> Model:
    fields, own = _fields(model), model.__struct_config__

    def knows(key: str, item: Any) -> bool:
        return key in fields or (key == own.tag_field and item == own.tag)

    extra = {key: item for key, item in value.items() if not knows(key, item)}
    known = {key: item for key, item in value.items() if key not in extra} if extra else value
    try:
        record = msgspec.convert(known, model, dec_hook=_hook)
    except ValidationError as refusal:
        attributes: dict[str, Any] = {}
        for wire_name, field in fields.items():
            if wire_name in known:
                attributes[field.name] = read(known[wire_name], field.type, f"{path}.{wire_name}")
            elif field.required:
                raise ValidationError(f"{refusal}, read at {path}") from None
        record = model(**attributes)
    if extra:
        target = _extra_type(model)
        if target is not Any:
            extra = {key: read(item, target, f"{path}.{key}") for key, item in extra.items()}
        record.extra_fields.update(extra)
    return record


@cache
def _fields(model: type[Model]) -> Mapping[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(model)}


@cache
def _extra_type(model: type[Model]) -> Any:
    """The type of additional properties: what the record's `extra_fields` says it returns."""
    accessor = cast("property", model.extra_fields)
    return get_args(get_type_hints(accessor.fget)["return"])[1]


def _hook(target: type, value: Any) -> Any:
    """Reads unions inside of other types; msgspec calls it for types it does not know."""
    if isinstance(target, Tagged):
        tag, variant = _told(value, target.tag, target.variants)
        if variant is None:
            return Unknown(tag, value)
        return msgspec.convert(value, variant, dec_hook=_hook)
    if isinstance(target, Untagged):
        for option, demanded in _options(target):
            if not _holds(value, demanded):
                continue
            try:
                return msgspec.convert(value, option, dec_hook=_hook)
            except ValidationError:
                continue
        raise ValidationError(f"no variant of `{target.__name__}` fits")
    raise NotImplementedError(f"{target!r} is no type of JSON")


__all__ = ["UNSET", "Codec", "Union", "read"]
