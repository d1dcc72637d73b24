"""Writes the sync half of the runtime from the async one, so that the two cannot drift.

`python unasync.py` writes, `python unasync.py --check` fails when a file is not what its source
gives. What the two do otherwise stands in `async_io.py` and `sync_io.py`, by the same names, and in
the transports.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

RUNTIME = Path(__file__).parent / "src/exai/_runtime"
MODULES = ("answers", "engine", "pages", "waits")

RULES = [
    (r"\basync (def|for|with)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bAwaitable\[((?:[^\[\]]|\[[^\[\]]*\])+)\]", r"\1"),
    (r"\bAsync([A-Z])", r"\1"),
    (r"\basync_(\w)", r"sync_\1"),
    (r"\ban async\b", "a sync"),
    (r"\b__a(enter|exit|iter|next)__\b", r"__\1__"),
    (r"\banext\b", "next"),
    (r"\baclose\b", "close"),
    (r"\bAwaitable, ", ""),
    (r"^( *)for (\w+) in (.*):\n +yield \2\n(?!\1 )", r"\1yield from \3\n"),
    (r"\[(\w+) for \1 in ([^\]]+)\]", r"\2"),
]


def derived(module: str) -> str:
    """The sync module that an async one gives, in ruff's layout."""
    text = (RUNTIME / f"async_{module}.py").read_text()
    for pattern, replacement in RULES:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    head, _, rest = text.partition("\n")
    text = f"# Written by unasync.py from async_{module}.py; DO NOT EDIT.\n{head}\n{rest}"
    name = f"--stdin-filename={RUNTIME / f'sync_{module}.py'}"
    for command in (["check", "--quiet", "--select", "I", "--fix"], ["format"]):
        ruff = [sys.executable, "-m", "ruff", *command, name, "-"]
        done = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True)
        text = done.stdout
    return text


def main() -> None:
    """Writes or checks every module."""
    stale: list[str] = []
    for module in MODULES:
        path, text = RUNTIME / f"sync_{module}.py", derived(module)
        if path.exists() and path.read_text() == text:
            continue
        if "--check" in sys.argv:
            stale.append(path.name)
        else:
            path.write_text(text)
    if stale:
        raise SystemExit(f"not what unasync.py gives: {', '.join(stale)}; run it")


if __name__ == "__main__":
    main()
