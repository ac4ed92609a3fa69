"""Documents of rewards, pools and partners by the command alone, against what Python makes of them: no broker."""

import json
import random
import re
import subprocess

import pytest
from jsonschema import Draft202012Validator
from model import codes, reward_documents
from referencing import Registry, Resource
from rig.worker import BINARIES, ROOT

DONE, FAILED = 0, 1
SCHEMAS = [json.loads(path.read_text("utf-8")) for path in (ROOT / "topics/schemas").glob("*.json")]
REGISTRY = Registry().with_resources([(schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS])
EXAMPLES = sorted((ROOT / "topics/examples/rewards").glob("*.json"))
COMMANDS = {"reward": ("rewards",), "pool": ("vouchers", "pools"), "partner": ("partners",)}
SCHEMA_OF = {"reward": "reward", "pool": "voucher-pool", "partner": "partner"}


def check(kind, document, folder):
    path = folder / "document.json"
    path.write_text(json.dumps(document), "utf-8")
    words = [BINARIES / "loyalty", *COMMANDS[kind], "check", path]
    return subprocess.run(words, capture_output=True, text=True, timeout=30)


def schema(kind):
    found = next(each for each in SCHEMAS if each["$id"].endswith(f"/{SCHEMA_OF[kind]}.schema.json"))
    return Draft202012Validator(found, registry=REGISTRY)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_valid_and_follows_its_schema(path):
    kind = path.name.split(".")[1]
    words = [BINARIES / "loyalty", *COMMANDS[kind], "check", path, "--json"]
    answer = subprocess.run(words, capture_output=True, text=True, timeout=30)
    document = json.loads(path.read_text("utf-8"))
    assert json.loads(answer.stdout) == {"id": document["id"], "version": 1, "valid": True}, answer
    schema(kind).validate(document)


def some_pool(rng):
    parts = ["#" * rng.randint(2, 13) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.4:
        parts.insert(rng.randint(0, len(parts)), rng.choice(["TET", "A1", "a", "X#"]))
    pool = {
        "id": "p",
        "version": 1,
        "timeZone": "Asia/Ho_Chi_Minh",
        "source": "own",
        "pattern": "-".join(parts),
        "codesMax": 10 ** rng.randint(0, 11) + rng.randint(0, 9),
        "validForDays": 30,
        "effect": {"kind": "percent", "percent": 10},
    }
    if rng.random() < 0.4:
        pool["alphabet"] = codes.ALPHABETS[rng.choice(["coupon-code", "digits"])]
    return pool


def test_python_finds_the_same_pools_guessable_with_the_same_numbers(tmp_path):
    seed = random.randrange(1 << 32)
    rng = random.Random(seed)
    verdicts = {"valid": 0, "guessable": 0, "none": 0}
    for _ in range(120):
        pool = some_pool(rng)
        answer = check("pool", pool, tmp_path)
        if not reward_documents.pattern_is_one(pool["pattern"]):
            verdicts["none"] += 1
            assert answer.returncode == FAILED and "$.pattern must be parts between hyphens" in answer.stderr, (
                seed,
                pool,
            )
        elif sentence := reward_documents.guessable(pool):
            verdicts["guessable"] += 1
            assert answer.returncode == FAILED and sentence in answer.stderr, (seed, pool, sentence, answer.stderr)
        else:
            verdicts["valid"] += 1
            assert answer.returncode == DONE, (seed, pool, answer.stderr)
    assert min(verdicts.values()) >= 5, (seed, verdicts)


def changed(value, rng):
    """The document with one place of it changed."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(list(value))
        return {**value, key: changed(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.8:
        place = rng.randrange(len(value))
        return [*value[:place], changed(value[place], rng), *value[place + 1 :]]
    choices = [
        None,
        0,
        1,
        -1,
        10**15,
        "",
        "x",
        "0",
        "1.5",
        True,
        False,
        [],
        ["a"],
        {},
        {"include": ["a"]},
        "2027-01-01",
        "VND",
    ]
    return rng.choice(choices)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_what_the_command_takes_the_schema_takes(path, tmp_path):
    kind = path.name.split(".")[1]
    seed = random.randrange(1 << 32)
    rng = random.Random(seed)
    taken = 0
    for _ in range(40):
        document = changed(json.loads(path.read_text("utf-8")), rng)
        answer = check(kind, document, tmp_path)
        assert answer.returncode in (DONE, FAILED), (seed, document, answer)
        if answer.returncode == FAILED:
            assert re.search(r"^  \$", answer.stderr, re.MULTILINE), (seed, document, answer.stderr)
            continue
        taken += 1
        problems = [problem.message for problem in schema(kind).iter_errors(document)]
        assert not problems, (seed, document, problems)
    assert taken < 40, seed


def test_the_till_of_the_guide_names_codes_by_their_digests():
    guide = (ROOT / "docs/vouchers.md").read_text("utf-8")
    program = guide.split("```python\n")[1].split("\n```")[0]
    told = subprocess.run(["/usr/bin/python3", "-c", program], capture_output=True, text=True, timeout=30, check=True)
    records = [line.split("\t") for line in told.stdout.splitlines()]
    # Tests/LoyaltyCLITests/VoucherCommandTests.swift has the same from the key of vouchers.
    assert {key for key, _ in records} == {"36edfdbe49dad4da05e458be1ce4b356"}
    check_command = Draft202012Validator(
        next(each for each in SCHEMAS if each["$id"].endswith("/voucher-command.schema.json")), registry=REGISTRY
    )
    values = [json.loads(value) for _, value in records]
    for value in values:
        check_command.validate(value)
    assert [value["type"] for value in values] == ["voucher.check", "voucher.hold", "voucher.commit"]
