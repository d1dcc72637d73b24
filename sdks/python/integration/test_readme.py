"""Every snippet of the README runs: against the server that `EXAI_BASE_URL` names, with ids of
things that it has, or against the document's examples.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from documented import answering

SNIPPETS = sorted(Path("snippets").glob("*.py"))


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_snippet(snippet: Path, tmp_path: Path) -> None:
    with answering() as server:
        examples = {"EXAI_BASE_URL": server.url, "EXAI_API_KEY": "sk_test_1"}
        done = subprocess.run(
            [sys.executable, "-W", "error", snippet.resolve()],
            env={**examples, **os.environ},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
