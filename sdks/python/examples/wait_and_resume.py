"""Waits for a run, gives up too early, and goes on from where the wait stood."""

from datetime import timedelta

from exai import APITimeoutError, Exai
from exai.types import WaitForDuration, WaitNode

with Exai() as exai:
    node = WaitNode(key="pause", until=WaitForDuration(duration=timedelta(seconds=30)))
    plan = exai.plans.create(name="resumed", nodes=[node])
    try:
        exai.runs.start_and_wait(plan_id=plan.id, timeout=0.5)
    except APITimeoutError as error:
        token = error.wait_token
        if token is None:  # It ended before the run had begun.
            raise
        print("not over yet; keep this:", token[:16], "...")
    else:
        raise SystemExit("the run was over too soon")
    run = exai.runs.start_and_wait_from(token, timeout=60, on_waiting=lambda _: print("further"))
    print(run.status)
