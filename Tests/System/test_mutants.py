"""The kept list of faults fits the sources, and what `make mutate` does with it."""

from dataclasses import replace

import pytest
from mutants import catalogue
from mutants.catalogue import Mutant
from mutants.planting import planted_text
from mutants.trial import verdict
from rig.worker import ROOT

FAULTS_MIN = 80
DUE = Mutant(
    number=7,
    id="due",
    file="Sources/M/Lot.swift",
    line="return due <= now",
    old="due <= now",
    new="due < now",
    tests=("MTests.LotTests",),
)
DROP = Mutant(number=8, id="drop", file="Sources/M/Lot.swift", line="count += 1", tests=("MTests.LotTests/counts",))


@pytest.fixture
def tree(tmp_path):
    """A tree of one source and one suite."""
    source, tests = tmp_path / DUE.file, tmp_path / "Tests/MTests/LotTests.swift"
    for path in (source, tests):
        path.parent.mkdir(parents=True)
    source.write_text("func f() {\n  count += 1\n  return due <= now\n}\n")
    tests.write_text("@Suite struct LotTests {\n  @Test func counts() {}\n}\n")
    return tmp_path


def test_each_fault_fits_its_line_and_names_tests_that_are_there():
    mutants = catalogue.read()
    assert catalogue.misfits(mutants, ROOT) == []
    assert len(mutants) >= FAULTS_MIN


def test_a_fault_that_fits_no_more_is_named(tree):
    assert catalogue.misfits([DUE, DROP], tree) == []
    for wrong, problem in (
        (replace(DUE, line="return due < now"), "holds 0 times the line"),
        (
            replace(DUE, file="Sources/M/Gone.swift"),
            "Gone.swift holds 0 times the line: return due <= now (it stands in",
        ),
        (replace(DUE, old="later"), "'later' must stand once"),
        (replace(DUE, new=DUE.old), "must both be there, and differ"),
        (replace(DUE, tests=("MTests.GoneTests",)), "there is no test MTests.GoneTests"),
        (replace(DROP, tests=("MTests.LotTests/gone",)), "there is no test MTests.LotTests/gone"),
        (replace(DROP, id=DUE.id), "the id stands twice"),
    ):
        problems = catalogue.misfits([DUE, wrong], tree)
        assert any(problem in text for text in problems), problems
    source = tree / DUE.file
    source.write_text(source.read_text() + "  return due <= now\n")
    assert "holds 2 times the line" in catalogue.misfits([DUE], tree)[0]


def test_a_fault_is_planted_as_a_choice_in_its_own_line():
    text = "f()\n    return due <= now\n  count += 1\n"
    assert planted_text(text, [DUE, DROP]) == (
        "f()\n    return (isMutant(7) ? due < now : due <= now)\nif !isMutant(8) { count += 1 }\n"
    )
    both = replace(DUE, number=9, old="<= now", new="then", line="guard due <= now, now > x")
    first = replace(DUE, line="guard due <= now, now > x")
    with pytest.raises(ValueError, match="replaces what another mutant replaces too"):
        planted_text("guard due <= now, now > x", [first, both])
    second = replace(both, old="now > x", new="false")
    assert planted_text("guard due <= now, now > x", [second, first]) == (
        "guard (isMutant(7) ? due < now : due <= now), (isMutant(9) ? false : now > x)"
    )


def test_only_a_test_that_failed_or_a_crash_sees_a_fault():
    passed = "✔ Test a() passed after 0.1 seconds.\n✔ Test run with 1 test in 1 suite passed after 0.1 seconds.\n"
    assert verdict(0, passed) == (True, "passed")
    failed = "✘ Test b(day:) recorded an issue with 1 argument day → 1 at B.swift:3:5: Expectation failed\n"
    assert verdict(1, failed) == (False, "b")
    assert verdict(1, "FAILED Tests/System/test_demo.py::test_it - AssertionError") == (
        False,
        "Tests/System/test_demo.py::test_it",
    )
    assert verdict(-4, "Fatal error: Index out of range")[0] is False
    for code, text in (
        (0, passed.replace("with 1", "with 0")),
        (0, "➜ Test a() skipped\n" + passed),
        (1, "no such file"),
    ):
        with pytest.raises(RuntimeError):
            verdict(code, text)
