"""Writes the Python snippets of a README, each to a module of its own."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def main(readme: str, folder: str) -> None:
    """Reads the blocks marked `python`; a line above names what a snippet takes for granted."""
    out = Path(folder)
    out.mkdir()
    text = Path(readme).read_text()
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    if not blocks:
        raise SystemExit(f"{readme} has no snippet")
    for number, block in enumerate(blocks):
        (out / f"snippet_{number}.py").write_text(block)


main(*sys.argv[1:])
