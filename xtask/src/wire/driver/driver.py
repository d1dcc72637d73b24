"""Makes a call a line of an operation by its id, and says `done` and what it gives."""

import base64
import inspect
import json
import sys

import msgspec
from operations import begin_operation
from PACKAGE import CLIENT
from PACKAGE._runtime.model import to_wire

TOKEN = "user:pass"


def credentials():
    """One for each scheme: those stand before the base URL, or are tokens by what they are."""
    given = {}
    for name, parameter in inspect.signature(CLIENT).parameters.items():
        hint = str(parameter.annotation)
        if hint.startswith("tuple[str, str]"):
            given[name] = ("user", "pass")
        elif hint.startswith("Token"):
            given[name] = TOKEN
    return given


for line in sys.stdin:
    try:
        with CLIENT(**credentials()) as client:
            how, start = begin_operation(client, json.loads(line), {}, waiting=False)
            given, value = start(), None
            if how == "items":
                next(iter(given))
            elif how == "raw":
                value = given.data
            else:
                with given:
                    if how == "base64":
                        value = {"base64": base64.b64encode(given.read()).decode()}
                    else:
                        value = next(iter(given), None)
        said = "done " + msgspec.json.encode(to_wire(value)).decode()
    except Exception as error:
        said = f"{type(error).__name__}: {error}".replace("\n", " ")
    print(said, flush=True)
