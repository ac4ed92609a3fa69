"""The contract as files: AsyncAPI, pages and schemas fit the topics, and schemas only grow."""

import copy
import json
import re

import contract
import pytest
from asyncapi3.models.asyncapi import AsyncAPI3
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from rig.schema_growth import breaches

SCHEMAS = {path.name: contract.read(path) for path in sorted((contract.TOPICS / "schemas").glob("*.json"))}
REGISTRY = Registry().with_resources([(schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values()])
RELEASED = {path.name: contract.read(path) for path in sorted((contract.RELEASED / "schemas").glob("*.json"))}


def test_what_is_made_is_current():
    stale = [
        str(path) for path, text in contract.files().items() if not path.exists() or path.read_text("utf-8") != text
    ]
    assert not stale, "run `make contract`"
    assert {path.name for path in (contract.TOPICS / "pages").iterdir()} == contract.pages().keys()


def test_asyncapi_document_is_one():
    AsyncAPI3.model_validate(contract.asyncapi())
    broken = contract.asyncapi() | {"asyncapi": "2.6.0"}
    with pytest.raises(ValueError, match="version"):
        AsyncAPI3.model_validate(broken)


def test_what_one_service_alone_writes_lies_in_its_folder():
    contracts = contract.ROOT / "Sources" / "Contracts"
    topics = cases(contracts / "Topic.swift")
    services = cases(contracts / "Service.swift")
    writers = {name: [] for name, topic in contract.topics().items() if "schema" in topic}
    listed = (contracts / "Service.swift").read_text("utf-8").partition("var outputTopics: [Topic] {")[2]
    for service, outputs in re.findall(r"case \.(\w+):\s+\[(.*?)\]", listed.partition("\n  }")[0], re.DOTALL):
        for output in re.findall(r"\w+", outputs):
            writers[topics[output]].append(services[service])
    assert set(services.values()) == {name for names in writers.values() for name in names}
    for name, by in writers.items():
        alone = by[0] if len(by) == 1 and name not in contract.INPUTS else None
        assert contract.writer(name) == alone, f"{name} is written by {by}"


def test_topics_whose_strays_are_sent_on_name_the_partitioner():
    contracts = contract.ROOT / "Sources" / "Contracts"
    topics = cases(contracts / "Topic.swift")
    listed = (contracts / "Service.swift").read_text("utf-8").partition("var forwardedTopics: [Topic] {")[2]
    listed = listed.partition("\n  }")[0]
    forwarded = {topics[name] for names in re.findall(r": \[(.*?)\]", listed) for name in re.findall(r"\w+", names)}
    written = {name for name, topic in contract.topics().items() if "partitioner" in topic and name in contract.INPUTS}
    assert forwarded == written != set()
    for name in written:
        page = contract.pages()[f"{name}.md"]
        assert "-X topic.partitioner=murmur2_random" in page and "Java" in page


def cases(file):
    """Case → raw value of a Swift enumeration."""
    return dict(re.findall(r'case (\w+) = "([\w.-]+)"', file.read_text("utf-8")))


def test_every_topic_is_a_channel_and_every_reference_leads_somewhere():
    document = contract.read(contract.TOPICS / "asyncapi.json")
    assert {channel["address"] for channel in document["channels"].values()} == contract.topics().keys()
    for reference in references(document):
        if reference.startswith("./"):
            assert (contract.TOPICS / reference).exists(), reference
            continue
        target = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def references(value):
    if isinstance(value, dict):
        for key, part in value.items():
            # Within an example a $ref would be somebody's data.
            if key == "$ref":
                yield part
            elif key != "examples":
                yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def is_internal(name):
    topics = [topic for topic in contract.topics().values() if topic.get("schema", "").endswith("/" + name)]
    return bool(topics) and contract.kind(topics[0]["name"]) == "internal"


def is_read_by_others(name):
    topics = [topic for topic in contract.topics().values() if topic.get("schema", "").endswith("/" + name)]
    return bool(topics) and contract.kind(topics[0]["name"]) != "input"


@pytest.mark.parametrize("name", RELEASED)
def test_schema_has_only_grown(name):
    assert name in SCHEMAS, f"{name} was released and is gone"
    assert not breaches(RELEASED[name], SCHEMAS[name], reads=is_read_by_others(name))
    if is_internal(name):
        # Two releases at a time write and read it: this one takes what the last one writes, and the other way about.
        assert not breaches(RELEASED[name], SCHEMAS[name])
    for example in RELEASED[name]["examples"]:
        Draft202012Validator(SCHEMAS[name], registry=REGISTRY).validate(example)


def test_a_release_is_kept():
    version = (contract.RELEASED / "VERSION").read_text("utf-8").strip()
    assert RELEASED.keys() and version
    assert f"## {version}\n" in (contract.TOPICS.parent / "CHANGELOG.md").read_text("utf-8")
    for kept in ("GoldenRows", "Data/releases"):
        assert (contract.TOPICS.parent / "Tests" / kept / version).is_dir(), f"nothing of {version} in Tests/{kept}"


PURCHASE = SCHEMAS["purchase.schema.json"]


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        (("required",), [*PURCHASE["required"], "store"], "store must be sent"),
        (("properties", "store"), None, "is gone"),
        (("properties", "type", "enum"), ["purchase.completed"], "enum allows less"),
        (("properties", "store"), {"type": "integer"}, "has changed"),
        (("additionalProperties",), False, "further fields"),
        (("properties", "store", "maxLength"), 5, "stricter"),
        (("properties", "lines"), {"type": "array", "maxItems": 2}, None),
        (("properties", "type"), {"type": "string"}, None),
        (("properties", "type"), {"type": "integer"}, "type allows less"),
    ],
)
def test_change_is_judged(path, value, word):
    changed = copy.deepcopy(PURCHASE)
    target = changed
    for step in path[:-1]:
        target = target[step]
    if value is None:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    found = breaches(PURCHASE, changed)
    assert (not found) if word is None else any(word in breach for breach in found)


def test_reader_may_rely_on_required_fields():
    schema = SCHEMAS["rejection.schema.json"]
    changed = json.loads(json.dumps(schema))
    changed["required"].remove("code")
    assert breaches(schema, changed, reads=True)
    assert not breaches(changed, schema, reads=True)
