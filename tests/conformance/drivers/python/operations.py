"""Calls the SDK's own typed method of any operation, by its id and arguments by wire names.

The methods are found through the SDK's modules: the constant of an operation says its id, and the
method that hands this constant to the runtime is the one. Nothing here lists operations.
"""

from __future__ import annotations

import base64
import importlib
import inspect
import pkgutil
import re
import typing
from functools import cache
from typing import Any

import msgspec
from results import Json

import exai
from exai import BinaryInput, FileInput, Model
from exai._runtime.decode import Codec
from exai._runtime.operation import Operation, PagedOperation
from exai.generated import operations, resources

_VERB = re.compile(r"self\._engine\.(\w+)\(\s*ops\.(\w+)[,)]")


@cache
def methods() -> dict[str, tuple[str, Operation[Any], Any]]:
    """By id, and by `id and_wait`: accessors and name, facts, and the function."""
    found: dict[str, tuple[str, Operation[Any], Any]] = {}
    for module in pkgutil.iter_modules(resources.__path__):
        calls = importlib.import_module(f"{resources.__name__}.{module.name}")
        facts = importlib.import_module(f"{operations.__name__}.{module.name}")
        top = next(iter(classes(calls).values()))
        walk(top, module.name, facts, found)
    return found


def classes(module: Any) -> dict[str, type]:
    """The resources of a module, the outermost first."""
    own = {n: c for n, c in vars(module).items() if inspect.isclass(c)}
    return {
        name: cls
        for name, cls in own.items()
        if cls.__module__ == module.__name__ and not name.endswith("WithResponse")
    }


def walk(cls: type, path: str, facts: Any, found: dict[str, Any]) -> None:
    for name, member in vars(cls).items():
        if name.startswith("_"):
            continue
        if not inspect.isfunction(member):
            hints = typing.get_type_hints(member.func)
            walk(hints["return"], f"{path}.{name}", facts, found)
            continue
        match = _VERB.search(inspect.getsource(member))
        if match is None:
            continue  # `unwrap` calls nothing.
        verb, constant = match.groups()
        if verb == "wait_from":
            continue
        operation = getattr(facts, constant)
        if verb == "wait":
            found[f"{operation.start.id} and_wait"] = (f"{path}.{name}", operation.start, member)
        else:
            found[operation.id] = (f"{path}.{name}", operation, member)


def begin_operation(client: Any, args: Json, options: Json, *, waiting: bool) -> tuple[str, Any]:
    """How the result is read, and what begins the call."""
    path, operation, function = methods()[f"{args['id']} and_wait" if waiting else args["id"]]
    positional, named = arguments(function, operation, args)
    root: Any = client
    how = "raw"
    if isinstance(operation, PagedOperation):
        how = "items"
    elif operation.result in ("events", "lines"):
        how = "stream"
    elif operation.result == "binary":
        how = "base64"
    if how == "raw":
        root = client.with_response
    for accessor in path.split("."):
        # A call of the client itself stands in a module of its own.
        root = (
            root if accessor == "root" and not hasattr(root, accessor) else getattr(root, accessor)
        )
    return how, lambda: root(*positional, **named, **options)


def arguments(function: Any, operation: Operation[Any], args: Json) -> tuple[list[Any], Json]:
    """Arguments by wire names as those of the method, each of its own type."""
    hints = typing.get_type_hints(function)
    parameters = inspect.signature(function).parameters
    written = re.findall(r"\{([^{}]*)\}", operation.path)
    given = args.get("path", {})
    positional = [given[name] for name in written]
    named: Json = {}
    for place in ("query", "header", "cookie"):
        for wire_name, value in args.get(place, {}).items():
            name = chosen(function, wire_name, place)
            named[name] = typed(value, hints[name])
    if "body" in args:
        body = args["body"]
        whole = parameters.get("body")
        if whole is not None and whole.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
            positional.append(typed(body, hints["body"]))
        else:
            for wire_name, value in body.items():
                if re.search(r'["\\\x00-\x1f\x7f-\x9f]', wire_name):
                    # No attribute can have this name, so no argument has.
                    named.setdefault("extra_body", {})[wire_name] = typed(value, Any)
                    continue
                name = chosen(function, wire_name, "body")
                named[name] = typed(value, hints[name])
    return positional, named


def chosen(function: Any, wire_name: str, place: str) -> str:
    """The parameter that a wire name has become: the one called so, else the one sent as that."""
    parameters = inspect.signature(function).parameters
    words = re.sub(r"\W+", "_", wire_name if place != "header" else wire_name.lower())
    bare = words.strip("_")
    for name in (f"{place}_{words}", words, f"{words}_", bare, f"{bare}_"):
        taken = parameters.get(name)
        if taken is not None and taken.kind is inspect.Parameter.KEYWORD_ONLY:
            return name
    sent = re.escape(wire_name)
    found = re.search(rf'(?:"{sent}": |\b{sent}=)(\w+)', inspect.getsource(function))
    if found is None:
        raise ValueError(f"no argument for {wire_name!r}")
    return found[1]


def typed(value: Any, hint: Any) -> Any:
    """A JSON value as the type that the method's signature asks for."""
    if hint in (BinaryInput, FileInput) or isinstance(value, dict) and "base64" in value:
        data = base64.b64decode(value["base64"]) if isinstance(value, dict) else value.encode()
        if isinstance(value, dict) and "file_name" in value:
            return exai.File(data, value["file_name"], value.get("content_type"))
        return data
    if isinstance(value, list) and any(
        isinstance(item, dict) and "base64" in item for item in value
    ):
        return [typed(item, FileInput) for item in value]
    try:
        return Codec[Any](hint).decode(msgspec.json.encode(value))
    except TypeError:
        return value  # What is only sent can hold bytes, which no decoder makes of JSON.


__all__ = ["Model", "begin_operation", "methods"]
