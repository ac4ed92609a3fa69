"""The services, as the contract lists them. Needs nothing beyond Python itself."""

import re
from pathlib import Path

_LISTED_IN = Path(__file__).parents[3] / "Sources" / "Contracts" / "Service.swift"

SERVICES = tuple(re.findall(r'^  case \w+ = "([a-z-]+)"$', _LISTED_IN.read_text("utf-8"), re.MULTILINE))
assert SERVICES, f"{_LISTED_IN} lists no service"
