"""Runs a command with a broker of its own: `python with_broker.py swift test …`.

The command finds the broker's address in STAMPEDE_TEST_BROKER and this Python in STAMPEDE_TEST_PYTHON.
"""

import os
import signal
import subprocess
import sys

from rig.broker import Broker
from rig.processes import die_with


def main(command):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Broker() as broker:
        environment = {**os.environ, "STAMPEDE_TEST_BROKER": broker.address, "STAMPEDE_TEST_PYTHON": sys.executable}
        return subprocess.run(command, env=environment, preexec_fn=die_with(os.getpid())).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
