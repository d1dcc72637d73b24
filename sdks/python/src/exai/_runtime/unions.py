"""Unions at run time.

To a type checker a union is `A | B | Unknown`. To the decoder it is `A | B` where records say their
tags; what it refuses is read again, as `Unknown` where no tag is known. Other unions are classes
made here, which choose by a hook.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_origin

from .model import Unknown


def _is_class(option: Any) -> bool:
    """Whether a value can be asked if it is one: `Any` is a class from 3.11 on, and cannot."""
    return option is not Any and get_origin(option) is None and isinstance(option, type)


class Union(type):
    """A union of several types, seen by the decoder."""

    _classes: frozenset[type] | None

    def __instancecheck__(cls, instance: object) -> bool:
        """True for a value of a variant, and for `Unknown`."""
        # msgspec asks this for every value that the decoder makes: the usual answer comes first.
        if type(instance) in cls.classes or isinstance(instance, Unknown):
            return True
        # `list[X]`, `Literal[...]` cannot be asked; the decoder has made the value, so believe it.
        return any(not _is_class(v) or isinstance(instance, v) for v in cls.options)

    @property
    def options(cls) -> Sequence[Any]:
        """The types of the variants."""
        raise NotImplementedError

    @property
    def classes(cls) -> frozenset[type]:
        """Those of the variants that are plain classes."""
        if cls._classes is None:
            cls._classes = frozenset(v for v in cls.options if _is_class(v))
        return cls._classes


class Tagged(Union):
    """A union whose variants are records told apart by a property."""

    tag: str
    _variants: Callable[[], Mapping[str, Any]]
    _made: Mapping[str, Any] | None

    @property
    def variants(cls) -> Mapping[str, Any]:
        """The type that each value of the tag stands for."""
        if cls._made is None:
            cls._made = cls._variants()
        return cls._made

    @property
    def options(cls) -> Sequence[Any]:
        """The types of the variants."""
        return tuple(cls.variants.values())


class Untagged(Union):
    """A union whose variants are told apart by trying them in order."""

    _variants: Callable[[], Sequence[Any]]
    _made: Sequence[Any] | None

    @property
    def options(cls) -> Sequence[Any]:
        """The types of the variants."""
        if cls._made is None:
            cls._made = cls._variants()
        return cls._made


def tagged(name: str, tag: str, variants: Callable[[], Mapping[str, Any]]) -> Any:
    """Makes a union; `variants` is called at first use, when all its types are defined."""
    return Tagged(
        name, (), {"tag": tag, "_variants": staticmethod(variants), "_made": None, "_classes": None}
    )


def untagged(name: str, variants: Callable[[], Sequence[Any]]) -> Any:
    """Makes a union without a tag; `variants` as in `tagged`."""
    return Untagged(
        name, (), {"_variants": staticmethod(variants), "_made": None, "_classes": None}
    )
