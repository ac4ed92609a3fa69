"""`loyalty partners try` against a server that speaks the partners' documents."""

import json
import subprocess
import sys

import pytest
from rig.worker import ROOT
from test_command_line import loyalty
from test_commands import DONE, FAILED, REFUSED, USAGE

UNANSWERED = 5
SERVER = ROOT / "Tests/PartnersTests/Servers/partners.py"


@pytest.fixture(scope="module")
def partners(tmp_path_factory):
    """A folder with keys, and the server's address."""
    folder = tmp_path_factory.mktemp("partners")
    with subprocess.Popen(
        [sys.executable, SERVER, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        port = json.loads(server.stdout.readline())["port"]
        yield folder, f"http://127.0.0.1:{port}"
        server.stdin.close()


def tried(partners, name, credentials, *words, url=None):
    folder, address = partners
    file = folder / f"{name}.json"
    file.write_text(json.dumps(credentials))
    where = ("--partner-url", url or f"{address}/{name}", "--partner-credentials-file", file)
    return loyalty("partners", "try", name, *where, *words)


def credentials(folder, key="client.pem"):
    key = str(folder / key)
    return {
        "gotit": {"apiKey": "gi-key", "prefix": "000742", "privateKeyFile": key, "orderName": "Stampede"},
        "urbox": {
            "appId": "500001",
            "appSecret": "ub-secret",
            "campaign": "CAMP-1",
            "siteUser": "stampede",
            "phone": "0901234567",
            "privateKeyFile": key,
        },
        "json": {"token": "json-token"},
    }


@pytest.mark.parametrize("name", ["gotit", "urbox", "json"])
def test_a_partner_that_takes_the_key_shows_its_catalogue(partners, name):
    done = tried(partners, name, credentials(partners[0])[name], "--json")
    assert done.returncode == DONE, done.stderr
    products = json.loads(done.stdout)["products"]
    assert products[0]["product"] == {"gotit": "1541/2991", "urbox": "2001", "json": "tea"}[name]
    shown = tried(partners, name, credentials(partners[0])[name])
    assert "takes the credentials" in shown.stdout and products[0]["product"] in shown.stdout


def test_what_a_partner_does_not_take_is_told_without_secrets(partners):
    folder, _ = partners
    stranger = tried(partners, "gotit", credentials(folder, "stranger.pem")["gotit"])
    assert stranger.returncode == REFUSED and "gotit-3003" in stranger.stderr
    wrong = tried(partners, "urbox", {**credentials(folder)["urbox"], "appSecret": "hunter2"})
    assert wrong.returncode == REFUSED and "urbox-212" in wrong.stderr and "hunter2" not in wrong.stderr
    elsewhere = tried(partners, "json", {"token": "hunter2"}, url="http://127.0.0.1:1")
    assert elsewhere.returncode == UNANSWERED and "hunter2" not in elsewhere.stderr
    other = tried(partners, "json", {"token": "json-token"}, url=partners[1] + "/nothing")
    assert other.returncode == REFUSED and "http-404" in other.stderr


def test_credentials_that_are_not_right_are_told_at_once(partners):
    bad = tried(partners, "gotit", {"apiKey": "hunter2 x", "prefix": "1", "privateKeyFile": "/nowhere"})
    assert bad.returncode == FAILED and "hunter2" not in bad.stderr
    for problem in ("apiKey must", "prefix must", "privateKeyFile names a file that cannot be read", "orderName is mi"):
        assert problem in bad.stderr
    assert loyalty("partners", "try", "somebody", "--partner-url", "x").returncode == USAGE
