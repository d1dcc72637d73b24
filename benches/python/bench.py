"""Measures the Python SDK against what its users would take instead, and prints a line a figure.

Times are of the process's CPU, both sides in turns; a ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import openai
from pyreqwest.client import SyncClientBuilder

from exai import AsyncExai, BytesResponse, Exai, HttpRequest, PyreqwestTransport


URL = os.environ["EXAI_BENCH_URL"]
TOKEN = "sk_test_bench"
EVENTS = 2000
STREAMS = 1000

Work = Callable[[], object]


def cpu(work: Work, times: int) -> float:
    """Microseconds of CPU that one of many calls takes."""
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times * 1e6


def compare(
    what: str,
    ours: Work,
    name: str,
    peer: Work,
    *,
    at_most: float,
    times: int,
    each: int = 1,
) -> None:
    """Prints what both take; `each` is how many things one call gives."""
    for work in (ours, peer):
        cpu(work, times)
    rounds = [(cpu(ours, times) / each, cpu(peer, times) / each) for _ in range(ROUNDS)]
    figure = {
        "what": what,
        "ours_us": round(statistics.median(mine for mine, _ in rounds), 2),
        "peer": name,
        "peer_us": round(statistics.median(theirs for _, theirs in rounds), 2),
        "ratio": round(statistics.median(mine / theirs for mine, theirs in rounds), 3),
        "at_most": at_most,
    }
    print(json.dumps(figure), flush=True)


def said(what: str, text: str, **more: object) -> None:
    print(json.dumps({"what": what, "said": text, **more}), flush=True)


def small_get() -> None:
    run = f"{URL}/runs/run_1"
    headers = {"authorization": f"Bearer {TOKEN}", "accept": "application/json"}
    raw = httpx2.Client()
    with Exai(TOKEN, base_url=URL) as exai:
        compare(
            "small GET, typed, over its raw transport",
            lambda: exai.runs.get("run_1"),
            "httpx2 and json",
            lambda: raw.get(run, headers=headers).raise_for_status().json(),
            at_most=1.15,
            times=200,
        )
    client = openai.OpenAI(api_key=TOKEN, base_url=URL, max_retries=0)
    with Exai(TOKEN, base_url=URL) as exai:
        compare(
            "small GET, typed",
            lambda: exai.runs.get("run_1"),
            "openai, its own small GET",
            lambda: client.files.retrieve("file-1"),
            at_most=1.0,
            times=100,
        )
    bare = SyncClientBuilder().error_for_status(True).build()
    with Exai(TOKEN, base_url=URL, transport=PyreqwestTransport()) as exai:
        compare(
            "small GET, typed, over its raw transport",
            lambda: exai.runs.get("run_1"),
            "pyreqwest and its json",
            lambda: bare.get(run).headers(headers).build().send().json(),
            at_most=1.15,
            times=500,
        )


def pages_and_events() -> None:
    client = openai.OpenAI(api_key=TOKEN, base_url=URL, max_retries=0)
    messages = [{"role": "user", "content": "x"}]

    def chunks() -> int:
        stream = client.chat.completions.create(
            model="m",
            messages=messages,
            stream=True,
            extra_headers={"X-Events": str(EVENTS)},
        )
        return sum(1 for _ in stream)

    for transport, name in ((None, "httpx2"), (PyreqwestTransport(), "pyreqwest")):
        with Exai(TOKEN, base_url=URL, transport=transport) as exai:
            compare(
                f"page of 100, typed, by {name}",
                lambda: exai.agents.list(limit=100).page(),
                "openai",
                lambda: client.files.list(limit=100),
                at_most=0.05,
                times=30,
            )
            query = {"events": EVENTS}
            compare(
                f"SSE event, typed, by {name}",
                lambda: sum(1 for _ in exai.runs.events("run_1", extra_query=query)),
                "openai",
                chunks,
                at_most=0.04,
                times=3,
                each=EVENTS,
            )


class Kept:
    """A transport that answers at once, with what a server said once."""

    def __init__(self, path: str) -> None:
        headers = {"authorization": f"Bearer {TOKEN}", "accept": "*/*"}
        answer = httpx2.get(URL + path, headers=headers)
        self._headers = {"content-type": answer.headers["content-type"]}
        self._content = answer.content

    def send(self, request: HttpRequest, timeout: object) -> BytesResponse:
        return BytesResponse(200, self._headers, self._content)

    def close(self) -> None:
        pass


def without_transport() -> None:
    """What is the SDKs' own: everything but the connection."""
    page = httpx2.get(f"{URL}/files?limit=100").content
    body = {
        "model": "m",
        "messages": [{"role": "user", "content": "x"}],
        "stream": True,
    }
    count = {"X-Events": str(EVENTS)}
    stream = httpx2.post(f"{URL}/chat/completions", json=body, headers=count).content

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            return httpx2.Response(
                200, content=page, headers={"content-type": "application/json"}
            )
        return httpx2.Response(
            200, content=stream, headers={"content-type": "text/event-stream"}
        )

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    client = openai.OpenAI(api_key=TOKEN, base_url=URL, max_retries=0, http_client=http)
    agents = Exai(TOKEN, base_url=URL, transport=Kept("/agents?limit=100"))
    compare(
        "page of 100, typed, without a connection",
        lambda: agents.agents.list(limit=100).page(),
        "openai",
        lambda: client.files.list(limit=100),
        at_most=0.05,
        times=30,
    )
    events = Exai(
        TOKEN, base_url=URL, transport=Kept(f"/runs/run_1/events?events={EVENTS}")
    )
    compare(
        "SSE event, typed, without a connection",
        lambda: sum(1 for _ in events.runs.events("run_1")),
        "openai",
        lambda: sum(1 for _ in client.chat.completions.create(**body)),
        at_most=0.04,
        times=3,
        each=EVENTS,
    )


def started(code: str) -> float:
    """Milliseconds of CPU of a process that runs some code, less that of one that runs none."""

    def spent(code: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        ) * 1000

    return spent(code) - spent("pass")


def imports() -> None:
    ours = "import exai; exai.Exai('x').runs"
    theirs = "import openai; openai.OpenAI(api_key='x').files"
    for code in (ours, theirs):
        started(code)
    rounds = [
        (started(ours), started(theirs), started("import exai")) for _ in range(ROUNDS)
    ]
    figure = {
        "what": "import, client, first resource",
        "ours_us": round(statistics.median(r[0] for r in rounds) * 1000),
        "peer": "openai",
        "peer_us": round(statistics.median(r[1] for r in rounds) * 1000),
        "ratio": round(statistics.median(r[0] / r[1] for r in rounds), 3),
        "at_most": 0.25,
    }
    print(json.dumps(figure), flush=True)
    said("import exai", f"{statistics.median(r[2] for r in rounds):.0f} ms of 60")
    said(
        "import exai, a client, its first resource",
        f"{figure['ours_us'] / 1000:.0f} ms of 150",
    )


def resident() -> int:
    """KiB of memory."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


async def streams(minutes: float) -> None:
    import httpx2

    from exai import AsyncHttpxTransport

    limits = httpx2.Limits(max_connections=None)
    async with (
        httpx2.AsyncClient(limits=limits) as http,
        AsyncExai(TOKEN, base_url=URL, transport=AsyncHttpxTransport(http)) as exai,
    ):
        before = resident()
        query = {"every_ms": 1000}
        open_streams = [
            exai.runs.events(f"run_{n}", extra_query=query) for n in range(STREAMS)
        ]

        async def follow(stream: object) -> None:
            async for _ in stream:
                pass

        tasks = []
        for stream in open_streams:
            await stream.connect()
            tasks.append(asyncio.create_task(follow(stream)))
        await asyncio.sleep(5)
        first = resident()
        each = (first - before) / STREAMS
        text = f"{each:.1f} KiB each"
        if minutes:
            await asyncio.sleep(minutes * 60)
            text += f", {resident() - first:+d} KiB in all after {minutes:g} minutes"
        said(f"{STREAMS} concurrent streams", text)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for stream in open_streams:
            await stream.close()


parser = argparse.ArgumentParser()
parser.add_argument("--rounds", type=int, default=11)
parser.add_argument(
    "--minutes", type=float, default=0, help="how long to hold the streams"
)
parser.add_argument("--only", choices=["get", "pages", "imports", "streams"])
given = parser.parse_args()
ROUNDS = given.rounds
if given.only in (None, "get"):
    small_get()
if given.only in (None, "pages"):
    pages_and_events()
    without_transport()
if given.only in (None, "imports"):
    imports()
if given.only in (None, "streams"):
    asyncio.run(streams(given.minutes))
