"""Makes a call a line of an operation by its id, and says `done`."""

import inspect
import json
import sys

from operations import begin_operation
from PACKAGE import CLIENT

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
            given = start()
            if how == "items":
                next(iter(given))
            elif how != "raw":
                with given:
                    given.read() if how == "base64" else next(iter(given), None)
        said = "done"
    except Exception as error:
        said = f"{type(error).__name__}: {error}".replace("\n", " ")
    print(said, flush=True)
