"""Writes the Python snippets of a README, each to a module of its own."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

IDS = {"pln_abc": "EXAI_PLAN_ID", "run_abc": "EXAI_RUN_ID", "wsp_abc": "EXAI_WORKSPACE_ID"}
"""What a server has in place of the README's ids, by the environment."""


def main(readme: str, folder: str) -> None:
    """Reads the blocks marked `python`."""
    out = Path(folder)
    out.mkdir()
    text = Path(readme).read_text()
    for name, variable in IDS.items():
        text = text.replace(f'"{name}"', f'"{os.environ.get(variable, name)}"')
        text = text.replace(f"/{name}", f"/{os.environ.get(variable, name)}")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    if not blocks:
        raise SystemExit(f"{readme} has no snippet")
    for number, block in enumerate(blocks):
        (out / f"snippet_{number}.py").write_text(block)


main(*sys.argv[1:])
