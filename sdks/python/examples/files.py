"""Sends a file into a workspace, reads it back as it arrives, and lists what is there."""

import tempfile
from pathlib import Path

from exai import Exai

with Exai() as exai, tempfile.TemporaryDirectory() as folder:
    notes = Path(folder) / "notes.md"
    notes.write_text("# Notes\n")
    workspace = exai.workspaces.create_and_wait(name="files", timeout=60)
    exai.workspaces.files.upload(workspace.id, notes, path="docs/notes.md")
    with exai.workspaces.files.download(workspace.id, path="docs/notes.md") as file:
        copy = Path(folder) / "copy.md"
        file.save(copy)
        print(file.content_type, copy.read_text())
    for entry in exai.workspaces.files.list(workspace.id, path="docs"):
        print(entry.path)
    exai.workspaces.delete(workspace.id)
