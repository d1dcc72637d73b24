"""Makes a call a line of an operation by its id, and says `done`."""

import json
import sys

from operations import begin_operation
from PACKAGE import CLIENT

for line in sys.stdin:
    try:
        with CLIENT() as client:
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
