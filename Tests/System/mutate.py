"""Plants each fault of the kept list (`mutants/*.toml`) and sees the tests fail: `make mutate`, `make mutate ONLY=id`.

All are planted at once into a copy of the tree, which is built once; then the tests that are named for a fault are run
with that one awake. A fault that they let pass survives, and fails the run unless the list explains why it changes
nothing.
"""

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

from mutants import catalogue
from mutants.planting import plant
from mutants.trial import Trial
from rig.broker import Broker
from rig.worker import ROOT

COPY = ROOT / ".build-mutate"
AT_ONCE = 2


def main(only):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    mutants = catalogue.read()
    if problems := catalogue.misfits(mutants, ROOT):
        print("The list does not fit the sources any more:", *problems, sep="\n  ")
        return 2
    chosen = [mutant for mutant in mutants if not only or mutant.id in only]
    if unknown := set(only) - {mutant.id for mutant in chosen}:
        print(f"The list has no {', '.join(sorted(unknown))}")
        return 2
    plant(mutants, ROOT, COPY)
    build()
    started = time.monotonic()
    pool = ThreadPoolExecutor(AT_ONCE)
    with Broker() as broker:
        try:
            survivors, seen = try_all(Trial(COPY, broker.address), pool, chosen)
        finally:
            pool.shutdown(cancel_futures=True)
    equal = sum(1 for mutant in chosen if mutant.equal and mutant not in seen)
    print(
        f"\n{len(chosen)} faults: {len(chosen) - equal - len(survivors) - len(seen)} seen, {equal} equal, "
        f"{len(survivors)} survived; {time.monotonic() - started:.0f} s of tests"
    )
    for mutant in survivors:
        print(f"\nSURVIVED {mutant}\n    by {', '.join(mutant.tests)}")
    for mutant in seen:
        print(f"\nNOT EQUAL, though the list says so: {mutant}")
    return 1 if survivors or seen else 0


def build():
    print(f"Building a copy with the faults in it in {COPY.name}", flush=True)
    built = subprocess.run(["swift", "build", "--build-tests"], cwd=COPY)
    if built.returncode != 0:
        raise SystemExit("A fault does not compile: its line says where")
    # The system tests look for the workers there.
    release = COPY / ".build/release"
    if not release.is_symlink() or release.readlink().name != "debug":
        release.unlink(missing_ok=True)
        release.symlink_to("debug")


def try_all(trial, pool, mutants):
    """The mutants that survived, and those that were seen though they are said to be equal."""
    sets = sorted({mutant.tests for mutant in mutants})
    print(f"Running the tests named, {len(sets)} sets, without a fault", flush=True)
    limits = {}
    for tests, outcome in zip(sets, pool.map(trial.run, sets), strict=True):
        if not outcome.passed:
            raise SystemExit(f"{outcome.output}\n{', '.join(tests)} fail without a fault: {outcome.told}")
        limits[tests] = outcome.limit
    print(f"Planting {len(mutants)} faults", flush=True)
    runs = {pool.submit(trial.run, mutant.tests, mutant.number, limits[mutant.tests]): mutant for mutant in mutants}
    survivors, seen = [], []
    for run in as_completed(runs):
        mutant, outcome = runs[run], run.result()
        if outcome.passed:
            told = "equal" if mutant.equal else "SURVIVED"
            survivors += [] if mutant.equal else [mutant]
        else:
            told = f"seen by {outcome.told}"
            seen += [mutant] if mutant.equal else []
        print(f"  {mutant.id:44} {outcome.seconds:5.1f} s  {told}", flush=True)
    return survivors, seen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
