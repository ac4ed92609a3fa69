"""`make up` and `make down`: the demo's system, kept running for someone to play with.

`start` leaves one supervisor behind (`serve`), which owns every other process: it starts again what dies, and ends all
of it when `stop` (or anybody's SIGTERM) tells it to. What it knows of itself stands in .run/up.json.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from demo import PROGRAMME_FILE
from rig import members, purchases
from rig.platform import Platform
from rig.waiting import wait_until
from rig.web import start_with_page
from rig.worker import KAFKA_PROPERTIES, ROOT

RUN = ROOT / ".run"
STATE = RUN / "up.json"
LOG = RUN / "up.log"
BASKETS = 3000
START_SECONDS = 180
STOP_SECONDS = 40
LOOK_SECONDS = 1


def start():
    if (state := running()) is not None:
        print("It runs already.")
        return tell(state)
    RUN.mkdir(exist_ok=True)
    STATE.unlink(missing_ok=True)
    with LOG.open("w") as log:
        supervisor = subprocess.Popen(
            [sys.executable, __file__, "serve"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    print(
        "Starting the broker, six workers, a preference page, an SMTP server; replaying the first baskets …",
        flush=True,
    )
    try:
        wait_until(lambda: STATE.exists() or supervisor.poll() is not None, START_SECONDS, "the system to start")
    except BaseException:
        supervisor.terminate()
        raise
    if (state := running()) is None:
        print(LOG.read_text())
        return 1
    return tell(state)


def tell(state):
    loyalty = ROOT / ".build" / "release" / "loyalty"
    properties = f"  export STAMPEDE_KAFKA_PROPERTIES={KAFKA_PROPERTIES}\n" if KAFKA_PROPERTIES else ""
    print(f"""
  Brokers      {state["brokers"]}
  E-mails      {state["mail"]}/new, as they arrive
  Preferences  {state["page"]}/u/…, the link in each of them
  Logs, state  {state["directory"]}
  Probes       {", ".join(f"{name} {url}" for name, url in state["http"].items())}

Try:
  export STAMPEDE_BROKERS={state["brokers"]} PATH={loyalty.parent}:$PATH
{properties}  loyalty status
  loyalty account show {state["member"]}
  loyalty points redeem {state["member"]} --program journey --points 100 --id my-first
  loyalty clock advance --to 2017-07-08T00:00:00Z
  loyalty --help

`make down` stops it.""")
    return 0


def stop():
    state = running()
    if state is None:
        print("Nothing runs.")
        return 0
    os.kill(state["pid"], signal.SIGTERM)
    try:
        wait_until(lambda: running() is None, STOP_SECONDS, "the system to stop")
    except AssertionError:
        os.kill(state["pid"], signal.SIGKILL)
    STATE.unlink(missing_ok=True)
    print("Stopped.")
    return 0


def running():
    """What the supervisor wrote, when it is alive and still that supervisor; None otherwise."""
    try:
        state = json.loads(STATE.read_text())
        words = Path(f"/proc/{state['pid']}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ValueError):
        return None
    return state if b"serve" in words and os.fsencode(__file__) in words else None


def serve():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # The broker forgets everything when it stops, so the stores of an earlier run must go too.
    shutil.rmtree(RUN / "platform", ignore_errors=True)
    platform = Platform(directory=RUN / "platform")
    web = start_with_page(platform)
    with platform:
        documents = purchases.baskets(BASKETS)
        people = purchases.members_of(documents)
        platform.operator.run("programs", "publish", PROGRAMME_FILE)
        platform.operator.run("members", "import", members.write_file(people, platform.directory / "members.ndjson"))
        baskets = purchases.write_file(documents, platform.directory / "baskets.ndjson")
        platform.operator.run("purchases", "replay", baskets)
        state = {
            "pid": os.getpid(),
            "brokers": platform.brokers,
            "mail": str(platform.smtp.maildir),
            "directory": str(platform.directory),
            "http": {name: f"http://127.0.0.1:{worker.port}" for name, worker in platform.workers.items()},
            "page": web.url,
            "member": people[0],
        }
        written = STATE.with_suffix(".new")
        written.write_text(json.dumps(state, indent=2))
        written.replace(STATE)
        while True:
            for worker in platform.workers.values():
                if not worker.running:
                    print(f"{worker.name} ended with {worker.process.exit_code}; starting it again", flush=True)
                    worker.start()
            time.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    sys.exit({"start": start, "stop": stop, "serve": serve}[sys.argv[1]]())
