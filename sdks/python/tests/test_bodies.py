"""Bytes up and down, forms, files."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from exai._runtime.content import File
from exai._runtime.engine import Arguments
from exai._runtime.errors import APIConnectionError, StatusError

from . import notes_api as api
from .server import Answer, Received, serving

BIG = bytes(range(256)) * 1024


def test_a_download_arrives_in_pieces(tmp_path: Path) -> None:
    pieces = [BIG[:1000], BIG[1000:]]
    headers = {"content-type": "image/png", "x-receipt": "rcp_1"}
    with serving(lambda _, __: Answer(body=pieces, headers=headers)) as server:
        engine = api.sync_engine(server.url)
        with engine.download(api.DOWNLOAD, {}) as answer:
            assert (answer.content_type, answer.response.receipt) == ("image/png", "rcp_1")
            answer.save(tmp_path / "file")
        engine.close()
    assert (tmp_path / "file").read_bytes() == BIG


def test_a_download_that_breaks_off_is_an_error() -> None:
    with serving(lambda _, __: Answer(body=BIG, cut=True)) as server:
        engine = api.sync_engine(server.url)
        with pytest.raises(APIConnectionError):
            engine.download(api.DOWNLOAD, {}).read()
        engine.close()


def test_a_body_that_may_be_left_out_and_is_empty_is_a_body() -> None:
    empty: list[object] = [[], 0, "", False, {}]
    with serving(lambda _, __: Answer(204)) as server:
        engine = api.sync_engine(server.url)
        for body in empty:
            engine.call(api.REPLACE, {}, Arguments(body=body))
        engine.close()
    # Members of an object that are all left out are no body.
    assert [request.body for request in server.requests] == [b"[]", b"0", b'""', b"false", b""]


@pytest.mark.parametrize("kind", ["bytes", "path", "file", "chunks"])
def test_an_upload_from_any_source(kind: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(BIG)
    with serving(lambda _, __: Answer(204)) as server, (tmp_path / "file").open("rb") as file:
        body = {
            "bytes": BIG,
            "path": tmp_path / "file",
            "file": file,
            "chunks": iter([BIG[:7], BIG[7:]]),
        }[kind]
        engine = api.sync_engine(server.url)
        engine.call(api.UPLOAD, {}, Arguments(body=body))
        engine.close()
    request = server.requests[0]
    assert request.body == BIG
    assert request.headers["content-type"] == "application/octet-stream"
    assert ("content-length" in request.headers) == (kind != "chunks")


def test_a_file_is_sent_again_from_where_it_stood() -> None:
    def answer(_: Received, number: int) -> Answer:
        return Answer(503, headers={"retry-after": "0"}) if number == 0 else Answer(204)

    file = io.BytesIO(b"skipped" + BIG)
    file.seek(7)
    with serving(answer) as server:
        engine = api.sync_engine(server.url)
        engine.call(api.UPLOAD, {}, Arguments(body=file))
        engine.close()
    assert [request.body == BIG for request in server.requests] == [True, True]


def test_a_stream_is_not_sent_again() -> None:
    with serving(lambda _, __: Answer(503, headers={"retry-after": "0"})) as server:
        engine = api.sync_engine(server.url)
        with pytest.raises(StatusError):
            engine.call(api.UPLOAD, {}, Arguments(body=iter([b"a"])))
        engine.close()
    assert len(server.requests) == 1


def test_the_async_client_sends_files_and_async_streams(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(BIG)

    async def chunks() -> AsyncIterator[bytes]:
        yield BIG[:9]
        yield BIG[9:]

    async def main(url: str) -> bytes:
        engine = api.async_engine(url)
        try:
            await engine.call(api.UPLOAD, {}, Arguments(body=tmp_path / "file"))
            await engine.call(api.UPLOAD, {}, Arguments(body=chunks()))
            async with await engine.download(api.DOWNLOAD, {}) as answer:
                return await answer.read()
        finally:
            await engine.close()

    with serving(lambda request, _: Answer(body=request.body or BIG)) as server:
        assert asyncio.run(main(server.url)) == BIG
    assert [request.body for request in server.requests] == [BIG, BIG, b""]


def test_forms() -> None:
    with serving(lambda _, __: Answer(204)) as server:
        engine = api.sync_engine(server.url)
        engine.call(api.FORM, {}, Arguments(body={"a": "x y&z", "b": [1, 2], "c": True}))
        engine.close()
    assert server.requests[0].body == b"a=x%20y%26z&b=1&b=2&c=true"


def test_parts(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(BIG)
    with serving(lambda _, __: Answer(204)) as server:
        engine = api.sync_engine(server.url)
        fields = {
            "file": tmp_path / "a.png",
            "named": File(b"x", 'q"\r\n.txt', "text/x"),
            "note": api.Note(id="1"),
            "text": "é",
            "many": ["1", "2"],
        }
        engine.call(api.PARTS, {}, Arguments(body=fields))
        engine.close()
    request = server.requests[0]
    assert request.headers["content-length"] == str(len(request.body))
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = message_from_bytes(head + request.body, policy=policy.HTTP)
    assert isinstance(message, EmailMessage)
    got = [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part.get_content_type() if part["content-type"] else None,
            part.get_payload(decode=True),
        )
        for part in message.iter_parts()
    ]
    assert got == [
        ("file", "a.png", "image/png", BIG),
        ("named", "q%22%0D%0A.txt", "text/x", b"x"),
        ("note", None, "application/json", b'{"id":"1","size":0}'),
        ("text", None, None, "é".encode()),
        ("many", None, None, b"1"),
        ("many", None, None, b"2"),
    ]
