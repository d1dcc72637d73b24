"""Every kind of operation against a server that keeps state: the one `EXAI_BASE_URL` names."""

from __future__ import annotations

import asyncio
import os

import pytest

from exai import APIError, AsyncExai, ConflictError, Exai, NotFoundError, UnauthorizedError

pytestmark = pytest.mark.skipif(
    "EXAI_BASE_URL" not in os.environ, reason="EXAI_BASE_URL names no server"
)


def test_a_workspace_from_start_to_end() -> None:
    with Exai() as exai:
        workspace = exai.workspaces.create_and_wait(name="python-sdk", timeout=60)
        assert workspace.status == "running"
        exai.workspaces.files.upload(workspace.id, b"hello\n", path="docs/hello.txt")
        with exai.workspaces.files.download(workspace.id, path="docs/hello.txt") as file:
            assert file.read() == b"hello\n"
        names = {entry.path for entry in exai.workspaces.files.list(workspace.id, path="docs")}
        assert "docs/hello.txt" in names
        output = list(exai.workspaces.exec(workspace.id, command=["true"]))
        assert output
        raw = exai.with_response.workspaces.get(workspace.id)
        assert raw.receipt is not None
        assert raw.rate_limit.remaining is not None
        assert exai.audit.receipts.get(raw.receipt).id == raw.receipt
        exai.workspaces.delete(workspace.id)
        with pytest.raises(NotFoundError) as raised:
            exai.workspaces.get(workspace.id)
        assert raised.value.receipt


def test_a_key_runs_a_write_once() -> None:
    with Exai() as exai:
        first = exai.with_response.workspaces.create(name="once", idempotency_key="python-once")
        again = exai.with_response.workspaces.create(name="once", idempotency_key="python-once")
        assert again.data == first.data
        assert again.receipt == first.receipt
        assert again.info.idempotent_replayed
        with pytest.raises(ConflictError):
            exai.workspaces.create(name="twice", idempotency_key="python-once")


def test_pages_text_lines_and_forms() -> None:
    with Exai() as exai:
        asset = exai.builder.assets.upload(file=b"\x89PNG")
        assert exai.builder.assets.get(asset.id) == asset
        assert len({agent.id for agent in exai.agents.list(limit=1)}) > 1
        page = exai.agents.list(limit=1).page()
        assert len(page) == 1
        assert page.next_cursor is not None


def test_a_token_that_is_none_is_refused_and_not_shown() -> None:
    with Exai("sk_test_wrong") as exai, pytest.raises(UnauthorizedError) as raised:
        exai.runs.get("run_none")
    assert "sk_test_wrong" not in repr(raised.value) + str(raised.value)


def test_the_async_client() -> None:
    async def main() -> None:
        async with AsyncExai() as exai:
            assert [agent.id async for agent in exai.agents.list(limit=1)]
            with pytest.raises(APIError):
                await exai.templates.get("nope")

    asyncio.run(main())
