"""Every example runs to its end, against the server that `EXAI_BASE_URL` names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted(Path("examples").glob("*.py"))
ALONE = {"testing", "webhooks_receiver"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example(example: Path) -> None:
    if "EXAI_BASE_URL" not in os.environ and example.stem not in ALONE:
        pytest.skip("EXAI_BASE_URL names no server")
    done = subprocess.run(
        [sys.executable, "-W", "error", example],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
