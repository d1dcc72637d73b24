"""Follows a run event by event, with the async client."""

import asyncio
from datetime import timedelta

from exai import AsyncExai, Unknown
from exai.types import NodeCompletedEvent, RunCompletedEvent, WaitForDuration, WaitNode


async def main() -> None:
    """Starts a run and prints what happens in it."""
    async with AsyncExai() as exai:
        node = WaitNode(key="pause", until=WaitForDuration(duration=timedelta(0)))
        plan = await exai.plans.create(name="streamed", nodes=[node])
        run = await exai.runs.start(plan_id=plan.id)
        async with exai.runs.events(run.id) as events:
            async for event in events:
                match event:
                    case NodeCompletedEvent(node_id=node_id):
                        print("node done:", node_id)
                    case RunCompletedEvent(receipt=receipt):
                        print("run done:", receipt)
                    case Unknown(tag=tag):
                        print("newer than this version:", tag)
                    case _:
                        print(event.type)


asyncio.run(main())
