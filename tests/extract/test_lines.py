"""The JSON lines of the extract command, as the contract has them."""

from __future__ import annotations

import json

import pytest

from kg.errors import UsageError
from kg.extract import extraction_to_line, fields_of_line, load_extractor


def test_line_has_the_fields_of_the_contract() -> None:
    text = "We propose LumaNet. LumaNet reaches 41.2% AP on COCO. Code: https://github.com/ann/lumanet"
    id, fields = fields_of_line(json.dumps({"id": "p1", "text": text}))
    line = json.loads(extraction_to_line(id, load_extractor().extract(fields)))
    assert list(line) == ["id", "mentions", "relations", "roles", "results", "repositories"]
    assert line["id"] == "p1"
    for mention in line["mentions"]:
        assert list(mention) == ["field", "start", "end", "text", "type", "score"]
        assert text[mention["start"] : mention["end"]] == mention["text"]
    (result,) = line["results"]
    assert result["value"] == 41.2
    assert result["valueText"] == "41.2%"
    assert result["unit"] == "%"
    assert line["mentions"][result["metric"]]["text"] == "AP"
    assert line["mentions"][result["dataset"]]["text"] == "COCO"
    (repository,) = line["repositories"]
    assert (repository["url"], repository["own"]) == ("https://github.com/ann/lumanet", True)


def test_fields_keep_reading_order_and_any_id() -> None:
    assert fields_of_line('{"abstract": "b", "title": "a", "id": null}') == (None, {"title": "a", "abstract": "b"})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "found no JSON"),
        ("[1]", "found a JSON list"),
        ('{"id": 1}', 'expected "text"'),
        ('{"id": 1, "text": 5}', "text: found a JSON int"),
        ('{"title": ["x"]}', "title: found a JSON list"),
    ],
)
def test_bad_lines_say_what_would_be_right(line: str, message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("(", r"\(")):
        fields_of_line(line)
