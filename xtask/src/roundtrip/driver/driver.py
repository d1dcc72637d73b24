"""Reads `MODEL TAB JSON` lines as the package's models, and writes them again."""

import sys
from functools import cache

import msgspec
from PACKAGE import types
from PACKAGE._runtime.decode import Codec
from PACKAGE._runtime.model import to_wire

MODELS = [
    # MODELS
]


@cache
def codec(model):
    return Codec(MODELS[model]())


for line in sys.stdin.buffer:
    model, _, text = line.rstrip(b"\n").partition(b"\t")
    try:
        said = b"ok\t" + msgspec.json.encode(to_wire(codec(int(model)).decode(text)))
    except Exception as error:
        said = b"error\t" + f"{type(error).__name__}: {error}".replace("\n", " ").encode()
    sys.stdout.buffer.write(said + b"\n")
