"""Runs `swift test` with a broker of its own: `python with_broker.py swift test …`. Ends it when it stands still.

The tests find the broker's address in STAMPEDE_TEST_BROKER and this Python in STAMPEDE_TEST_PYTHON.
"""

import os
import signal
import sys

from rig import swift_test
from rig.broker import Broker


def main(command):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Broker() as broker:
        environment = {**os.environ, "STAMPEDE_TEST_BROKER": broker.address, "STAMPEDE_TEST_PYTHON": sys.executable}
        return swift_test.run(command, environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
