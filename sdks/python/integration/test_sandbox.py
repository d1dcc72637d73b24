"""Every kind of operation against a server that keeps state: the one `EXAI_BASE_URL` names."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta

import pytest

from exai import (
    APIError,
    AsyncExai,
    ConflictError,
    Exai,
    InvalidRequestError,
    NotFoundError,
    UnauthorizedError,
)
from exai.types import RunCompletedEvent, WaitForDuration, WaitNode

PAUSE = WaitNode(key="pause", until=WaitForDuration(duration="PT0S"))

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


def test_a_run_is_followed_to_its_end() -> None:
    with Exai() as exai:
        plan = exai.plans.create(name="run", nodes=[PAUSE])
        run = exai.runs.start(plan_id=plan.id)
        events = list(exai.runs.events(run.id))
        assert isinstance(events[-1], RunCompletedEvent)
        assert events[-1].run_id == run.id
        done = exai.runs.start_and_wait(plan_id=plan.id, timeout=60)
        assert done.status == "succeeded"


def test_null_clears_and_absent_leaves() -> None:
    with Exai() as exai:
        plan = exai.plans.create(name="named", description="to be cleared", nodes=[PAUSE])
        renamed = exai.plans.update(plan.id, name="renamed")
        assert (renamed.name, renamed.description) == ("renamed", "to be cleared")
        cleared = exai.plans.update(plan.id, description=None)
        assert (cleared.name, cleared.description) == ("renamed", None)


def test_an_export_is_read_line_by_line() -> None:
    with Exai() as exai:
        exai.plans.create(name="logged", nodes=[PAUSE])
        now = datetime.now(UTC)
        hour = timedelta(hours=1)
        export = exai.audit.exports.create_and_wait(since=now - hour, until=now, timeout=60)
        assert export.status == "succeeded"
        entries = list(exai.audit.exports.download(export.id))
        assert entries
        assert all(entry.id.startswith("evt_") for entry in entries)


def test_a_patch_is_text() -> None:
    with Exai() as exai:
        workspace = exai.workspaces.create_and_wait(name="composed", timeout=60)
        plan = exai.composer.plan_and_wait(
            workspace_id=workspace.id, prompt="Add a README", timeout=60
        )
        assert "@@" in exai.composer.plans.patch(plan.id)


def test_an_invalid_request_says_where() -> None:
    with Exai() as exai, pytest.raises(InvalidRequestError) as raised:
        exai.runs.start(plan_id="pln_x", extra_body={"surprise": True})
    assert raised.value.details


def test_pages_and_forms() -> None:
    with Exai() as exai:
        asset = exai.builder.assets.upload(file=b"\x89PNG", purpose="reference")
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
