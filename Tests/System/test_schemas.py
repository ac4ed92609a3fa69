"""The schemas in `topics/schemas` take their own examples and the real purchases, and refuse broken ones."""

import copy
import json

import contract
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from rig import purchases
from rig.worker import ROOT

TOPICS = ROOT / "topics"
SCHEMAS = {path.name: json.loads(path.read_text("utf-8")) for path in sorted((TOPICS / "schemas").glob("*.json"))}
SPECS = contract.topics()
REGISTRY = Registry().with_resources([(schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values()])


def validator(name):
    return Draft202012Validator(SCHEMAS[name], registry=REGISTRY)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_one_and_takes_its_examples(name):
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$id"].endswith("/" + name)
    for example in SCHEMAS[name]["examples"]:
        validator(name).validate(example)


@pytest.mark.parametrize("name", [name for name in SCHEMAS if name != "common.schema.json"])
def test_schema_refuses_examples_that_lack_a_required_field(name):
    assert SCHEMAS[name]["examples"]
    for example in SCHEMAS[name]["examples"]:
        for required in SCHEMAS[name]["required"]:
            broken = {key: value for key, value in example.items() if key != required}
            assert not validator(name).is_valid(broken), f"without {required}"


def test_every_schema_belongs_to_a_topic_and_every_json_topic_has_one():
    named = {spec["schema"].removeprefix("schemas/") for spec in SPECS.values() if "schema" in spec}
    assert named == SCHEMAS.keys() - {"common.schema.json"}
    for name, spec in SPECS.items():
        assert spec["name"] == name
        assert ("schema" in spec) != name.endswith((".changelog", ".dead-letters"))


def test_real_purchases_follow_the_schema():
    check = validator("purchase.schema.json")
    for document in purchases.baskets(500):
        check.validate(json.loads(document))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("id",), ""),
        (("id",), "a\x1fb"),
        (("occurredAt",), "2026-11-22T13:04:41"),
        (("currency",), "vnd"),
        (("lines",), []),
        (("lines", 0, "quantity"), -1),
        (("lines", 0, "amount"), "-1"),
        (("lines", 0, "amount"), "12,50"),
        (("lines", 0, "discount"), -1),
        (("member",), {"phone": "12"}),
        (("member",), {"id": "M-1", "email": "someone@example.com"}),
        (("type",), "purchase.begun"),
    ],
)
def test_broken_purchase_is_refused(path, value):
    document = copy.deepcopy(SCHEMAS["purchase.schema.json"]["examples"][0])
    target = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    assert not validator("purchase.schema.json").is_valid(document)


def fields(value, path="$"):
    """Each field at whatever depth: its path, the value without it, and the value with null in its place."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield f"{path}.{key}", {name: other for name, other in value.items() if name != key}, value | {key: None}
            for own, without, null in fields(part, f"{path}.{key}"):
                yield own, value | {key: without}, value | {key: null}
    elif isinstance(value, list):
        for index, part in enumerate(value):
            for own, without, null in fields(part, f"{path}[{index}]"):
                yield own, [*value[:index], without, *value[index + 1 :]], [*value[:index], null, *value[index + 1 :]]


@pytest.mark.parametrize("topic", contract.INPUTS)
def test_null_is_as_a_field_left_out(topic):
    name = SPECS[topic]["schema"].removeprefix("schemas/")
    for example in SCHEMAS[name]["examples"]:
        for path, without, null in fields(example):
            # The one null that says more: nobody was named.
            if (name, path) == ("purchase.schema.json", "$.member"):
                continue
            # Which objects of these documents hold nothing but nulls its reader says.
            taken = validator(name).is_valid(null)
            says_itself = topic in ("loyalty.programs", "loyalty.rewards", "loyalty.voucher-pools")
            assert taken == validator(name).is_valid(without) or taken and says_itself, path
