"""Calls that should no longer be made: type checkers say so (PEP 702), and a warning does."""

from __future__ import annotations

import sys
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from warnings import warn

__all__ = ["deprecated"]

P = ParamSpec("P")
T = TypeVar("T")

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import deprecated
elif sys.version_info >= (3, 13):
    from warnings import deprecated
else:

    def deprecated(message: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
        """What `warnings.deprecated` of Python 3.13 does to a function."""

        def decorate(function: Callable[P, T]) -> Callable[P, T]:
            @wraps(function)
            def call(*args: P.args, **kwargs: P.kwargs) -> T:
                warn(message, DeprecationWarning, stacklevel=2)
                return function(*args, **kwargs)

            call.__deprecated__ = message
            return call

        return decorate
