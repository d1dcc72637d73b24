"""What is not known is kept; what is sent is what was said."""

from __future__ import annotations

import json
from decimal import Decimal
from types import GenericAlias
from typing import Any, Literal

import msgspec
import pytest

from exai._runtime.decode import Codec
from exai._runtime.model import UNSET, Model, Unknown
from exai._runtime.unions import tagged, untagged

from . import notes_api as api


def read(data: bytes) -> api.Note:
    return api.Note.from_json(data)


def test_values_of_an_enum_that_are_not_known() -> None:
    note = read(b'{"id":"1","color":"mauve","closed":"z"}')
    assert note.to_dict() == {"id": "1", "size": 0, "color": "mauve", "closed": "z"}


def test_fields_that_are_not_known_are_kept_and_sent_along() -> None:
    note = read(b'{"id":"1","new":{"a":[1]},"last":{"type":"note.created","id":"2","more":1}}')
    assert note.extra_fields == {"new": {"a": [1]}}
    assert isinstance(note.last, api.Created)
    assert note.last.extra_fields == {"more": 1}
    assert msgspec.json.decode(note.to_json()) == {
        "id": "1",
        "size": 0,
        "last": {"id": "2", "type": "note.created", "more": 1},
        "new": {"a": [1]},
    }


def test_variants_that_are_not_known() -> None:
    note = read(b'{"id":"1","last":{"type":"note.moved","to":3}}')
    assert note.last == Unknown("note.moved", {"type": "note.moved", "to": 3})
    assert msgspec.json.decode(note.to_json())["last"] == {"type": "note.moved", "to": 3}


@pytest.mark.parametrize(
    "data", [b'{"type":"note.created","id":"1"}', b'{"x":1,"type":"note.created","id":"1"}']
)
def test_a_union_by_itself(data: bytes) -> None:
    event = Codec[api.Event](api.Event).decode(data)
    assert isinstance(event, api.Created)
    assert isinstance(event, api.Event)  # type: ignore[misc, arg-type, unused-ignore]


def test_unions_match() -> None:
    event = Codec[api.Event](api.Event).decode(b'{"type":"note.deleted","id":"7"}')
    match event:
        case api.Deleted(id=identifier):
            assert identifier == "7"
        case _:
            pytest.fail("no Deleted")


@pytest.mark.parametrize(
    "last",
    ['{"type":"note.created","id":"1"}', '{"type":"note.moved","id":"1"}', '{"id":"1"}', "5"],
)
def test_unions_are_sent_as_they_came(last: str) -> None:
    data = f'{{"id":"1","size":3,"last":{last},"shape":{{"kind":"box","side":2}}}}'
    assert json.loads(read(data.encode()).to_json()) == json.loads(data)


def test_a_record_of_another_tag_keeps_it() -> None:
    created = api.Created.from_json(b'{"type":"note.made","id":"1"}')
    assert created.extra_fields == {"type": "note.made"}
    assert created.to_dict() == {"type": "note.made", "id": "1"}
    assert api.Created.from_json(b'{"id":"1"}').to_dict() == {"type": "note.created", "id": "1"}


def test_one_variant_of_two_tags() -> None:
    note = read(b'{"id":"1","shape":{"kind":"box","side":2}}')
    assert note.shape == api.Square(kind="box", side=2)
    assert read(b'{"id":"1","shape":{"kind":"disc"}}').shape == Unknown("disc", {"kind": "disc"})


def test_unions_without_a_tag_are_told_by_their_shape() -> None:
    note = read(b'{"id":"1","trees":["a",{"name":"n","children":["b"]},5]}')
    assert note.trees == ["a", api.Shelf(name="n", children=["b"]), Unknown(None, 5)]


def test_null_and_absent_differ() -> None:
    assert read(b'{"id":"1"}').parent is UNSET
    assert read(b'{"id":"1","parent":null}').parent is None
    assert "parent" not in api.Note(id="1").to_dict()
    assert api.Note(id="1", parent=None).to_dict()["parent"] is None


def test_numbers_lose_nothing() -> None:
    note = read(b'{"id":"1","size":9223372036854775807,"price":"0.1000000000000000055"}')
    assert note.size == 2**63 - 1
    assert note.price == Decimal("0.1000000000000000055")
    assert b'"0.1000000000000000055"' in note.to_json()
    assert b'"0.000000000000000000000001"' in api.Note(id="1", price=Decimal("1e-24")).to_json()


def test_times_keep_their_zone() -> None:
    note = read(b'{"id":"1","made_at":"2026-01-02T03:04:05+02:00"}')
    assert note.made_at is not None
    assert note.made_at.utcoffset() is not None
    assert b"+02:00" in note.to_json()


def test_wire_names_that_are_keywords() -> None:
    assert read(b'{"id":"1","class":"c"}').class_ == "c"
    assert api.Note(id="1", class_="c").to_dict()["class"] == "c"


def test_additional_properties_have_their_type() -> None:
    labels = api.Labels.from_json(b'{"name":"n","a":{"type":"note.created","id":"1"}}')
    assert isinstance(labels.extra_fields["a"], api.Created)


def test_secrets_are_not_shown() -> None:
    note = read(b'{"id":"1","secret":"whsec_1","other":"whsec_2"}')
    assert "whsec" not in repr(note)
    assert note.secret == "whsec_1"


def test_unions_that_hold_any_value_take_it() -> None:
    tags = tagged("Tags", "kind", lambda: {"square": api.Square, "any": Any})
    tried = untagged("Tried", lambda: (api.Square, Any))
    loose = b'{"kind":"any","n":1}'
    assert Codec[Any](tags).decode(loose) == {"kind": "any", "n": 1}
    assert Codec[Any](tried).decode(loose) == {"kind": "any", "n": 1}
    square = api.Square(kind="square", side=1)
    assert Codec[Any](tags).decode(b'{"kind":"square","side":1}') == square


def test_fields_that_are_not_known_are_kept_in_a_tuple() -> None:
    pair = Codec[Any](tuple[api.Created, int]).decode(b'[{"type":"note.created","id":"1","n":2},3]')
    assert (pair[0].extra_fields, pair[1]) == ({"n": 2}, 3)
    for wrong in (b"[]", b'[{"type":"note.created","id":"1","n":2}]', b'[{"n":2},"3"]'):
        with pytest.raises(msgspec.ValidationError):
            Codec[Any](tuple[api.Created, int]).decode(wrong)


class Email(Model, kw_only=True):
    kind: Literal["email"] = "email"


class Loose(Model, kw_only=True):
    kind: Literal["loose"] | None = None


def test_a_variant_whose_constant_is_not_there_is_none() -> None:
    either = untagged("Either", lambda: (Email, Loose))
    codec = Codec[Any](either)
    assert codec.decode(b'{"kind":"email"}') == Email()
    assert codec.decode(b"{}") == Loose()
    assert codec.decode(b'{"more":1}').to_dict() == {"more": 1}
    listed = Codec[Any](GenericAlias(dict, (str, either)))
    assert listed.decode(b'{"a":{"more":1},"b":{}}')["b"] == Loose()
    alone = untagged("Alone", lambda: (Email, int))
    assert Codec[Any](alone).decode(b"{}") == Email(), "better than nothing"


@pytest.mark.parametrize("data", [b'{"size":1}', b'{"id":1}', b"[]", b"{", b'{"id":"1","trees":5}'])
def test_what_is_of_another_type_is_refused(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        read(data)


def test_a_refusal_names_the_place() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"data\[1\]"):
        api.NotePage.from_json(b'{"data":[{"id":"1","new":1},{"id":5}],"next_cursor":null}')
