"""The kept list of faults: one file a domain, one entry a fault.

[[mutant]]
id = "expiry-a-moment-late"
# The whole line as it stands in the file, where it stands once.
file = "Sources/Loyalty/Lots/Lot.swift"
line = "return expiresAt <= instant"
# What of it is replaced, an expression. Without old and new the line, a statement, is left out.
old = "expiresAt <= instant"
new = "expiresAt < instant"
# Module.Suite or Module.Suite/test; system/test_file.py::name for a system test.
tests = ["LoyaltyTests.ExpiryTests"]
# Only where the fault changes nothing that anybody could see.
equal = "why"
"""

import re
from dataclasses import dataclass
from pathlib import Path

import tomllib

HERE = Path(__file__).parent
SYSTEM_PREFIX = "system/"


@dataclass(frozen=True)
class Mutant:
    # Its number at run time, from 1 on.
    number: int
    id: str
    file: str
    line: str
    tests: tuple
    old: str | None = None
    new: str | None = None
    equal: str | None = None

    @property
    def leaves_out(self):
        return self.old is None

    def __str__(self):
        change = "left out" if self.leaves_out else f"{self.old}  →  {self.new}"
        return f"{self.id}\n    {self.file}: {self.line}\n    {change}"


def read(directory=HERE):
    """All mutants, in the order of the files' names and of their entries."""
    entries = []
    for path in sorted(directory.glob("*.toml")):
        entries += tomllib.loads(path.read_text("utf-8"))["mutant"]
    return [
        Mutant(number, **{**entry, "tests": tuple(entry["tests"])}) for number, entry in enumerate(entries, start=1)
    ]


def misfits(mutants, tree):
    """What is wrong with the list, for people: entries that their source has moved away from, or that name no test."""
    problems = []
    seen = set()
    for mutant in mutants:
        if mutant.id in seen:
            problems.append(f"{mutant.id}: the id stands twice")
        seen.add(mutant.id)
        problems += [f"{mutant.id}: {problem}" for problem in misfits_of(mutant, tree)]
    return problems


def misfits_of(mutant, tree):
    if (mutant.old is None) != (mutant.new is None) or (mutant.old == mutant.new and not mutant.leaves_out):
        yield "old and new must both be there, and differ"
    path = tree / mutant.file
    count = lines(path).count(mutant.line) if path.is_file() else 0
    if count != 1:
        yield f"{mutant.file} holds {count} times the line: {mutant.line}{moved(mutant, tree)}"
    if mutant.old is not None and mutant.line.count(mutant.old) != 1:
        yield f"'{mutant.old}' must stand once in the line: {mutant.line}"
    if not mutant.tests:
        yield "no test is named"
    for test in mutant.tests:
        if not exists(test, tree):
            yield f"there is no test {test}"


def lines(path):
    return [line.strip() for line in path.read_text("utf-8").splitlines()]


def moved(mutant, tree):
    """Where the line stands now, if it stands somewhere else, once."""
    found = [path for path in (tree / "Sources").rglob("*.swift") if mutant.line in lines(path)]
    return f" (it stands in {found[0].relative_to(tree)})" if len(found) == 1 else ""


def exists(test, tree):
    if test.startswith(SYSTEM_PREFIX):
        file, _, function = test.removeprefix(SYSTEM_PREFIX).partition("::")
        path = tree / "Tests/System" / file
        return path.is_file() and f"def {function}(" in path.read_text("utf-8")
    module, _, name = test.partition(".")
    suite, _, function = name.partition("/")
    texts = [path.read_text("utf-8") for path in (tree / "Tests" / module).rglob("*.swift")]
    wanted = rf"func {function}\(" if function else r"@Test\b"
    return any(re.search(rf"\bstruct {suite}\b", text) and re.search(wanted, text) for text in texts)
