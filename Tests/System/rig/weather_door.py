"""A door to any broker that makes bad weather and nothing else: `cut CLIENT SECONDS` or `delay CLIENT MS SECONDS` on
its control port hold up what clients whose id starts with CLIENT send and are answered. The broker must advertise it.

Run as a program (`python -m rig.weather_door BROKER_PORT [PORT]`) it prints the port it listens on and its control
port, and serves until it is killed.
"""

import asyncio
import sys

from .door.passage import Passage

if __name__ == "__main__":
    asyncio.run(Passage(int(sys.argv[1])).serve(int(sys.argv[2]) if len(sys.argv) > 2 else 0))
