"""`make flood`: transaction-ingest under dirt, over an hour's worth of events, and with much to remember.

usage: flood.py [PART…], where a part is one of dirt, hour, ids, members; all where none is named. Ends with 1 where a
target is missed. STAMPEDE_SCALE=0.01 makes everything smaller, to see that it works; how many of each:
STAMPEDE_PURCHASES (dirt), STAMPEDE_EVENTS (hour), STAMPEDE_REMEMBERED (ids), STAMPEDE_MEMBERS (members).
"""

import sys
import time

from floods import dirt, hour, ids, members
from rig import console

PARTS = {"dirt": dirt.run, "hour": hour.run, "ids": ids.run, "members": members.run}


def main(chosen):
    if unknown := [part for part in chosen if part not in PARTS]:
        sys.exit(f"{', '.join(unknown)}: no such part. There are {', '.join(PARTS)}.")
    missed = []
    for part in chosen or PARTS:
        begun = time.monotonic()
        if not PARTS[part]():
            missed.append(part)
        console.say(f"({part}: {time.monotonic() - begun:.0f} s)")
    if missed:
        console.say(f"Targets missed: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
