"""The fake answers as the API would, and only what its types allow."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from exai import (
    APIConnectionError,
    APITimeoutError,
    NotFoundError,
    ProviderUnavailableError,
    UnansweredCallError,
    ValidationFailedError,
)
from exai.testing import FakeExai
from exai.types import Agent, ErrorDetail, Money, NodeStartedEvent, Run, RunCancelledEvent, Usage

RUN = """{"id": "run_1", "plan_id": "pln_1", "plan_revision": 1, "name": null, "status": "STATUS",
"input": {}, "labels": {}, "ceiling": null, "usage": {"input_tokens": 0, "output_tokens": 0,
"cost": {"amount": "0", "currency": "USD"}}, "node_counts": {}, "fault": null, "replay_of": null,
"parent_run_id": null, "receipt": null, "created_by": {"type": "token", "token_id": "tok_1",
"token_name": "ci"}, "created_at": "2026-01-02T10:00:00Z", "deadline_at": "2026-02-01T10:00:00Z",
"started_at": null, "finished_at": null, "poll_url": "https://x/1", "stream_url": "https://x/2"}"""
AGENT = """{"id": "ID", "slug": "a", "title": "A", "description": "", "origin": "builtin",
"category": "review", "capabilities": [], "status": "active", "latest_version": "1.0.0",
"pricing": {"type": "tokens", "input_per_million": {"amount": "3.00", "currency": "USD"},
"cached_input_per_million": {"amount": "0.30", "currency": "USD"}, "output_per_million":
{"amount": "15.00", "currency": "USD"}}, "created_at": "2025-06-01T00:00:00Z",
"updated_at": "2025-06-01T00:00:00Z"}"""
NOW = datetime(2026, 1, 2, tzinfo=UTC)

STARTED = NodeStartedEvent(
    attempt=1, node_id="nod_1", node_key="a", occurred_at=NOW, run_id="run_1", sequence=1
)
CANCELLED = RunCancelledEvent(
    occurred_at=NOW,
    reason=None,
    receipt="rcp_1",
    run_id="run_1",
    sequence=2,
    usage=Usage(input_tokens=0, output_tokens=0, cost=Money(amount=Decimal("0.1"), currency="USD")),
)


def run(status: str) -> Run:
    return Run.from_json(RUN.replace("STATUS", status))


def agent(name: str) -> Agent:
    return Agent.from_json(AGENT.replace("ID", name))


def test_values_in_turn_the_last_one_again_and_again() -> None:
    fake = FakeExai()
    fake.runs.get.returns(run("queued"), run("succeeded"))
    with fake.client() as exai:
        assert [exai.runs.get("run_1").status for _ in range(3)] == [
            "queued",
            "succeeded",
            "succeeded",
        ]
        answer = exai.with_response.runs.get("run_1")
        assert (answer.status, answer.receipt) == (200, "receipt-4")


def test_a_write_is_recorded_as_it_was_sent() -> None:
    fake = FakeExai()
    fake.runs.start.returns(run("queued"))
    with fake.client() as exai:
        exai.runs.start(plan_id="pln_1", idempotency_key="k", extra_query={"dry": True})
    (call,) = fake.runs.start.calls
    assert fake.calls == [call]
    assert (call.operation, call.method, call.path) == ("startRun", "POST", "/runs")
    assert call.body == {"plan_id": "pln_1"}
    assert call.query == {"dry": ["true"]}
    assert call.headers["idempotency-key"] == "k"
    assert "authorization" not in call.headers


def test_pages_of_items_and_streams_of_events() -> None:
    fake = FakeExai()
    fake.agents.list.returns([agent("a"), agent("b")], [agent("c")])
    fake.runs.events.returns(STARTED, CANCELLED)
    with fake.client() as exai:
        assert [found.id for found in exai.agents.list()] == ["a", "b", "c"]
        assert [len(page) for page in exai.agents.list().pages()] == [2, 1]
        assert list(exai.runs.events("run_1")) == [STARTED, CANCELLED]
        assert list(exai.runs.events("run_1", last_event_id="1")) == [CANCELLED]


def test_a_wait_runs_over_the_fake() -> None:
    fake = FakeExai()
    fake.runs.start.returns(run("queued"))
    fake.runs.events.returns(STARTED, CANCELLED)
    fake.runs.get.returns(run("cancelled"))
    with fake.client() as exai:
        assert exai.runs.start_and_wait(plan_id="pln_1").status == "cancelled"
    assert [call.operation for call in fake.calls] == ["startRun", "streamRunEvents", "getRun"]


def test_errors_of_the_api_and_of_the_connection() -> None:
    fake = FakeExai()
    fake.templates.get.fails(NotFoundError, "no such template")
    fake.templates.get.fails(
        ValidationFailedError,
        details=[ErrorDetail(location="body", message="no", pointer="/a", rule="known")],
    )
    fake.templates.get.fails(APIConnectionError)
    fake.templates.get.fails(APITimeoutError)
    with fake.client() as exai:
        with pytest.raises(NotFoundError, match="no such template") as raised:
            exai.templates.get("a")
        assert (raised.value.status, raised.value.name) == (404, "not_found")
        with pytest.raises(ValidationFailedError) as invalid:
            exai.templates.get("a")
        assert invalid.value.details[0].pointer == "/a"
        for kind in (APIConnectionError, APITimeoutError):
            with pytest.raises(kind):
                exai.templates.get("a")


def test_the_client_above_the_fake_is_the_real_one() -> None:
    fake = FakeExai()
    fake.runs.start.fails(ProviderUnavailableError)
    fake.runs.start.returns(run("queued"))
    with fake.client(max_retries=1) as exai:
        assert exai.runs.start(plan_id="pln_1").id == "run_1"
    first, second = fake.runs.start.calls
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


def test_bytes_text_nothing_and_what_the_document_does_not_say() -> None:
    fake = FakeExai()
    fake.workspaces.files.download.returns(b"\x00\xff")
    fake.composer.plans.patch.returns("@@ ä")
    fake.plans.delete.returns(None)
    fake.raw("POST", "/new").returns({"a": 1})
    with fake.client() as exai:
        with exai.workspaces.files.download("wsp_1", path="a") as file:
            assert file.read() == b"\x00\xff"
        assert exai.composer.plans.patch("cpl_1") == "@@ ä"
        exai.plans.delete("pln_1")
        assert exai.request("POST", "/new", body=[1]) == {"a": 1}
    assert fake.raw("POST", "/new").calls[0].body == [1]


def test_a_call_that_nothing_answers_is_named() -> None:
    with (
        FakeExai().client() as exai,
        pytest.raises(UnansweredCallError, match=r"getRun \(GET /runs/run_1\)"),
    ):
        exai.runs.get("run_1")


def test_the_async_client_has_the_same_fake() -> None:
    async def main() -> None:
        fake = FakeExai()
        fake.runs.get.returns(run("running"))
        fake.agents.list.returns([agent("a")], [agent("b")])
        fake.runs.events.returns(CANCELLED)
        async with fake.async_client() as exai:
            assert (await exai.runs.get("run_1")).status == "running"
            assert [found.id async for found in exai.agents.list()] == ["a", "b"]
            assert [event async for event in exai.runs.events("run_1")] == [CANCELLED]

    asyncio.run(main())


WRONG = """
from exai.testing import FakeExai
from exai.types import Agent, Run

def right(fake: FakeExai, run: Run, agent: Agent) -> None:
    fake.runs.get.returns(run)
    fake.agents.list.returns([agent])

def wrong(fake: FakeExai, run: Run, agent: Agent) -> None:
    fake.runs.get.returns(agent)
    fake.agents.list.returns([run])
    fake.runs.events.returns(run)
"""


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_a_wrong_result_does_not_type_check(checker: str, tmp_path: Path) -> None:
    root = Path(__file__).parents[1]
    (tmp_path / "wrong.py").write_text(WRONG)
    options = ["--strict"] if checker == "mypy" else ["--pythonpath", sys.executable]
    if checker == "pyright":
        config = f'{{"extraPaths": ["{root / "src"}"], "typeCheckingMode": "strict"}}'
        (tmp_path / "pyrightconfig.json").write_text(config)
    done = subprocess.run(
        [sys.executable, "-m", checker, *options, "wrong.py"],
        cwd=tmp_path,
        env={"MYPYPATH": str(root / "src"), "PATH": "/usr/bin:/bin", "HOME": str(Path.home())},
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in done.stdout.splitlines() if "error" in line and "wrong.py:" in line]
    assert [line.split("wrong.py:")[1].split(":")[0] for line in errors] == ["10", "11", "12"]
