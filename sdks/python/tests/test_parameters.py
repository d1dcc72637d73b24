"""Every style of OpenAPI, as its tables have it, and values that try to leave their place."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from exai._runtime.parameters import (
    Style,
    StyleName,
    cookie_header,
    header_value,
    path_value,
    query_pairs,
)

COLORS = ["blue", "black"]
RGB = {"R": 100, "G": 200}


@pytest.mark.parametrize(
    ("style", "explode", "value", "written"),
    [
        ("simple", False, "blue", "blue"),
        ("simple", False, COLORS, "blue,black"),
        ("simple", True, COLORS, "blue,black"),
        ("simple", False, RGB, "R,100,G,200"),
        ("simple", True, RGB, "R=100,G=200"),
        ("label", False, "blue", ".blue"),
        ("label", False, COLORS, ".blue,black"),
        ("label", True, COLORS, ".blue.black"),
        ("label", False, RGB, ".R,100,G,200"),
        ("label", True, RGB, ".R=100.G=200"),
        ("matrix", False, "blue", ";color=blue"),
        ("matrix", False, "", ";color"),
        ("matrix", False, COLORS, ";color=blue,black"),
        ("matrix", True, COLORS, ";color=blue;color=black"),
        ("matrix", False, RGB, ";color=R,100,G,200"),
        ("matrix", True, RGB, ";R=100;G=200"),
    ],
)
def test_path_styles(style: StyleName, explode: bool, value: Any, written: str) -> None:  # noqa: FBT001
    assert path_value("color", value, Style(style, explode)) == written


@pytest.mark.parametrize(
    ("style", "explode", "value", "written"),
    [
        ("form", True, "blue", ["color=blue"]),
        ("form", True, "", ["color="]),
        ("form", True, COLORS, ["color=blue", "color=black"]),
        ("form", False, COLORS, ["color=blue,black"]),
        ("form", True, RGB, ["R=100", "G=200"]),
        ("form", False, RGB, ["color=R,100,G,200"]),
        ("spaceDelimited", False, COLORS, ["color=blue%20black"]),
        ("spaceDelimited", False, RGB, ["color=R%20100%20G%20200"]),
        ("pipeDelimited", False, COLORS, ["color=blue%7Cblack"]),
        ("pipeDelimited", False, RGB, ["color=R%7C100%7CG%7C200"]),
        ("deepObject", True, RGB, ["color%5BR%5D=100", "color%5BG%5D=200"]),
        ("deepObject", True, {"a": {"b": [1, 2]}}, [f"color%5Ba%5D%5Bb%5D={n}" for n in (1, 2)]),
        ("form", True, [], []),
        ("form", True, None, []),
    ],
)  # fmt: skip
def test_query_styles(style: StyleName, explode: bool, value: Any, written: list[str]) -> None:  # noqa: FBT001
    assert query_pairs("color", value, Style(style, explode)) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "true"),
        (2**63 - 1, "9223372036854775807"),
        (Decimal("1.10"), "1.10"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03%3A04%3A05Z"),
        ("é&=#?/ +", "%C3%A9%26%3D%23%3F%2F%20%2B"),
    ],
)
def test_scalars_lose_nothing(value: Any, written: str) -> None:
    assert query_pairs("a", value) == [f"a={written}"]


def test_a_name_cannot_leave_its_place() -> None:
    assert query_pairs("a&b=", "c") == ["a%26b%3D=c"]


def test_reserved_characters_stay_where_they_cannot_end_the_value() -> None:
    assert query_pairs("a", "/x?y&z#", Style("form", reserved=True)) == ["a=/x?y%26z%23"]


def test_json_in_a_parameter() -> None:
    assert query_pairs("a", {"b": [1]}, Style("form", json=True)) == ["a=%7B%22b%22%3A%5B1%5D%7D"]


def test_headers_are_simple_and_hold_no_line_break() -> None:
    assert header_value("X", ["a", "b"]) == "a,b"
    assert header_value("X", RGB, Style("simple", explode=True)) == "R=100,G=200"
    assert header_value("X", None) is None
    with pytest.raises(ValueError, match="line breaks"):
        header_value("X", "a\r\nB: c")


def test_cookies() -> None:
    assert cookie_header({"a": "x;y", "b": None}, {}) == {"cookie": "a=x%3By"}
    assert cookie_header({}, {}) == {}
