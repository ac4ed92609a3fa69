"""Documents of providers from the command line: shown, checked, tried on call-backs, and refused at a start."""

import json
import subprocess

from rig.worker import BINARIES
from test_command_line import loyalty
from test_commands import DONE, FAILED, USAGE

SHIPPED = ("esms", "twilio", "vonage", "kannel", "json", "zalo-zns")
REFUSED = 4


def test_a_shipped_document_can_be_copied_and_changed(tmp_path):
    listed = json.loads(loyalty("providers", "show", "--json").stdout)
    assert listed == list(SHIPPED)
    for name in SHIPPED:
        shown = loyalty("providers", "show", name)
        assert shown.returncode == DONE and json.loads(shown.stdout)["name"] == name
        assert json.loads(loyalty("providers", "show", name, "--json").stdout) == json.loads(shown.stdout)
        checked = loyalty("providers", "check", name)
        assert checked.returncode == DONE and "POST https://" in checked.stdout
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps({**json.loads(shown.stdout), "name": f"my-{name}"}))
        assert f"my-{name} is a valid document" in loyalty("providers", "check", file).stdout
    assert loyalty("providers", "show", "nobody").returncode == USAGE


def test_what_is_wrong_with_a_document_is_told_by_its_paths(tmp_path):
    file = tmp_path / "mine.json"
    document = json.loads(loyalty("providers", "show", "esms").stdout)
    document["url"] += "?secret={{password}}"
    document["codes"]["101"] = "accountt"
    file.write_text(json.dumps(document))
    wrong = loyalty("providers", "check", file)
    assert wrong.returncode == FAILED
    assert "$.url writes {{password}}" in wrong.stderr and "$.codes.101 must be one of retry" in wrong.stderr
    words = ("--sms-provider", file, "--sms-user", "u", "--sms-password", "hunter2", "--state-dir", tmp_path)
    notifier = subprocess.run(
        [BINARIES / "notifier", *map(str, words)], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL
    )
    assert notifier.returncode == USAGE, notifier.stderr
    assert "$.codes.101 must be one of retry" in notifier.stderr and "hunter2" not in notifier.stderr


def test_a_call_back_is_read_as_its_document_says(tmp_path):
    query = "SMSID=d5&SendFailed=0&SendStatus=5&SendSuccess=1&RequestId=n-1&phonenumber=0901888484"
    read = loyalty("providers", "callback", "esms", "--query", query, "--json")
    assert json.loads(read.stdout) == {
        "state": "delivered",
        "message": "n-1",
        "providerMessageId": "d5",
        "code": "5",
        "provider": "esms",
    }
    body = tmp_path / "body"
    body.write_text("MessageSid=SM2&MessageStatus=undelivered&ErrorCode=30006&To=%2B84901234567")
    assert (
        "state: bounced" in loyalty("providers", "callback", "twilio", "--query", "id=n-1", "--body-file", body).stdout
    )
    nobody = loyalty("providers", "callback", "json", "--query", "state=delivered")
    assert nobody.returncode == REFUSED and "names no message" in nobody.stderr
