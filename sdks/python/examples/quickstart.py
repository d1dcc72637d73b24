"""Makes a plan, starts a run of it, waits, and says what it cost."""

from datetime import timedelta

from exai import Exai
from exai.types import WaitForDuration, WaitNode

with Exai() as exai:
    node = WaitNode(key="pause", until=WaitForDuration(duration=timedelta(0)))
    plan = exai.plans.create(name="quickstart", nodes=[node])
    run = exai.runs.start_and_wait(plan_id=plan.id, timeout=60)
    print(run.id, run.status, run.usage.cost.amount, run.usage.cost.currency)
