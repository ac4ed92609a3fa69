"""Records the state that a release leaves behind: `make release-state RELEASE=x`. Its programs are those in
.build/release, or in the folder that STAMPEDE_OLD_BINARIES names."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from rig import recorded
from rig.living import begin, live
from rig.platform import Platform
from rig.release_history import steps
from rig.services import SERVICES
from rig.worker import BINARIES, ROOT

PARTITIONS = 2
# Programs that are stopped first, so that what is on its way to them is part of the state.
BEHIND = ("points-engine", "notifier")


def main(release):
    folder = ROOT / "Tests" / "Data" / "releases" / release
    history = [*steps()]
    half = next(at for at in range(len(history) // 2, len(history)) if history[at].what == "purchases")
    binaries = Path(os.environ.get("STAMPEDE_OLD_BINARIES", BINARIES))
    with Platform(partitions=PARTITIONS, measured=True, binaries=binaries) as platform:
        with tempfile.TemporaryDirectory() as programmes:
            begin(platform, Path(programmes))
        live(platform, history[:half])
        for service in BEHIND:
            assert platform.worker(service).stop() == 0
        step = history[half]
        publisher = platform.publisher()
        for topic, key, value in step.messages:
            publisher.send(topic, key, value)
        publisher.flush()
        platform.wait_drained(services=[service for service in SERVICES if service not in BEHIND])
        platform.change_release(binaries)
        shutil.rmtree(folder, ignore_errors=True)
        recorded.record(platform, folder)
        (folder / "steps").write_text(f"{half + 1}\n", "utf-8")
    print(f"{release}: {half + 1} of {len(history)} steps; the last was {step.what}, {len(step.messages)} messages")


if __name__ == "__main__":
    main(sys.argv[1])
