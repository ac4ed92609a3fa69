"""Members for the households of the real baskets: the baskets name a number only, so the rest is invented.

Everything follows from the number, so that each run imports the same people. Addresses end in example.com and phone
numbers are of no one.
"""

import json
from pathlib import Path

VIETNAMESE = ("Nguyễn Minh Anh", "Trần Thu Hà", "Lê Quang Huy", "Phạm Ngọc Lan", "Hoàng Đức Long", "Vũ Thanh Mai")
ENGLISH = ("Alice Carter", "Ben Howard", "Chloe Bennett", "Daniel Reed", "Emma Collins", "Frank Hughes", "Grace Ward")


def profile(member):
    """Two in five write Vietnamese; two in three want e-mail, one in six a text message instead, one in six nothing."""
    number = int(member.split("-")[1]) // 5
    vietnamese = number % 5 < 2
    names = VIETNAMESE if vietnamese else ENGLISH
    wish = number % 6
    return {
        "type": "member.profile",
        "id": member,
        "occurredAt": "2017-01-01T00:00:00-05:00",
        "name": names[number % len(names)],
        "email": f"{member.lower()}@example.com",
        "phone": f"+8490{number:07d}",
        "locale": "vi" if vietnamese else "en",
        "consent": {"email": ["service"] if wish < 4 else [], "sms": ["service"] if wish == 4 else []},
    }


def write_file(members, path):
    """Writes the NDJSON file that `loyalty members import` reads; returns its path."""
    path = Path(path)
    path.write_text("".join(json.dumps(profile(member), ensure_ascii=False) + "\n" for member in members), "utf-8")
    return path
