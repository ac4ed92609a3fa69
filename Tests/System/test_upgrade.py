"""The present programs over what a release has left behind, and two releases that take turns over one state.

`make test-upgrade FROM=REVISION` builds the programs of a revision and runs the long test.
"""

import os
import re
from pathlib import Path

import pytest
from rig import recorded
from rig.living import Ending, begin, live, unlike
from rig.platform import Platform
from rig.release_history import steps
from rig.services import SERVICES
from rig.worker import BINARIES, ROOT

RELEASES = sorted((ROOT / "Tests" / "Data" / "releases").iterdir(), key=lambda each: [*map(int, each.name.split("."))])
LAST = RELEASES[-1]
PARTITIONS = 2
EXIT_SECONDS = 30
# In the name of a lot that a command opened.
COMMAND_INSTANT = re.compile(r"(?<=\w)@\d{12,}")
# The messages that release 0.1.0 has.
MESSAGES = {"points-earned", "points-redeemed", "points-received", "points-came-back", "tier-reached"}
MESSAGES |= {"claim-accepted", "claim-refused", "claims-locked", "purchases-found"}
OLD = os.environ.get("STAMPEDE_OLD_BINARIES")


def recorded_steps():
    """How many steps lie behind a recorded state."""
    return int((LAST / "steps").read_text("utf-8"))


def platform(**options):
    return Platform(partitions=PARTITIONS, measured=True, **options)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    with platform() as running:
        begin(running, tmp_path_factory.mktemp("programmes"))
        live(running, steps())
        ending = Ending(running)
    assert not ending.contradictions
    return ending.books


def same(ending, undisturbed):
    found = ending.contradictions + unlike(moved(ending.books), moved(undisturbed))
    assert not found, f"{len(found)} findings:\n" + "\n".join(found[:20])


def moved(books):
    """Without accounts in which no point ever moved: release 0.1.0 opened some for commands that name no programme. It
    named lots that commands open without the command's instant. And without messages that it did not know, of which
    those whose causes it had already read are never told."""
    found = {}
    for key, held in books.items():
        if "balances" in held:
            if not (held["net"] or held["lots"] or any(held["balances"].values())):
                continue
            net = {(without_instant(cause), *rest): points for (cause, *rest), points in held["net"].items()}
            held = {**held, "net": net, "lots": {without_instant(lot): rest for lot, rest in held["lots"].items()}}
        elif key[0] == "loyalty.notifications" and dict(key[1])["template"] not in MESSAGES:
            continue
        found[key] = held
    return found


def without_instant(lot):
    return COMMAND_INSTANT.sub("", lot)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("with_state", [True, False], ids=["over its state files", "from its changelogs alone"])
def test_this_release_goes_on_where_the_last_one_stopped(undisturbed, with_state):
    with platform().start(services=()) as running:
        recorded.lay(running, LAST, with_state)
        for service in SERVICES:
            running.worker(service).start()
        for worker in running.workers.values():
            worker.wait_ready()
            restored = worker.metrics()[f'stampede_restore_records_total{{service="{worker.service}"}}']
            if worker.service not in recorded.services(LAST):
                assert restored == 0, f"{worker.name} is new and restored {restored} records"
                continue
            assert (restored == 0) == with_state, f"{worker.name} restored {restored} records"
        live(running, [*steps()][recorded_steps() :])
        same(Ending(running), undisturbed)
        assert "pass" in running.operator.run("audit").stdout


def test_rows_of_a_later_release_end_a_worker_before_it_takes_a_record():
    later = "points-engine.accounts.changelog", b"M-1"
    with platform().start(services=()) as running:
        recorded.lay(running, LAST)
        publisher = running.publisher()
        publisher.send(*later, bytes([0, 200, 1]), partition=1)
        publisher.flush()
        worker, before = running.worker("points-engine"), running.operator.json("status")
        for _ in range(2):
            worker.start()
            assert worker.process.wait_for_exit(EXIT_SECONDS) == 1
            errors = [str(line) for line in worker.log_lines() if line.get("level") == "error"]
            assert len(errors) == 1, errors
            for words in (
                "points-engine cannot start on partition 1: accounts holds 1 rows of format 200",
                "A later release wrote them",
                "Deleting the state folder does not help",
            ):
                assert words in errors[0]
            # It says so because it is so.
            worker.delete_state()
        assert running.operator.json("status") == before
        publisher.send(*later, None, partition=1)
        publisher.flush()
        worker.start().wait_ready()


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not OLD, reason="make test-upgrade FROM=REVISION gives it the programs of an earlier release")
def test_an_upgrade_and_a_way_back_end_in_the_same_books(undisturbed, tmp_path):
    history = [*steps()]
    third = len(history) // 3
    with platform(binaries=Path(OLD)) as running:
        begin(running, tmp_path)
        for number, binaries in enumerate([Path(OLD), BINARIES, Path(OLD)]):
            if number:
                running.change_release(binaries)
                for service in SERVICES:
                    running.worker(service).start()
                for worker in running.workers.values():
                    worker.wait_ready()
            live(running, history[number * third : (number + 1) * third if number < 2 else None])
        same(Ending(running), undisturbed)
        assert "pass" in running.operator.run("audit").stdout
