"""What `loyalty` and the workers say of their own command line, without a broker."""

import json
import os
import subprocess

import pytest
from rig.services import SERVICES
from rig.worker import BINARIES
from test_commands import DONE, FAILED, PROGRAMME, USAGE

UNWRITABLE = 74


def loyalty(*words, **fields):
    fields = {"capture_output": True, "text": True, "timeout": 20, "stdin": subprocess.DEVNULL, **fields}
    return subprocess.run([BINARIES / "loyalty", *map(str, words)], **fields)


def test_a_wrong_line_names_the_command_whose_help_tells_more():
    for words in (("points", "adjust", "M"), ("account", "show"), ("programs", "check", "a", "b"), ("status", "--jsn")):
        wrong = loyalty(*words)
        command = " ".join(word for word in words[:2] if word in ("points", "adjust", "account", "show", "programs"))
        name = {"programs": "programs check", "": "status"}.get(command, command)
        assert wrong.returncode == USAGE and f"Try: loyalty {name} --help" in wrong.stderr, wrong.stderr


def test_a_programme_is_checked_and_shown_without_a_broker(tmp_path):
    file = tmp_path / "programme.json"
    file.write_text(json.dumps(PROGRAMME))
    assert loyalty("programs", "check", file).returncode == DONE
    shown = loyalty("programs", "show", file).stdout
    assert "base: 1 point for every 1 of eligible spend" in shown and "gold from 1000" in shown
    file.write_text(json.dumps({**PROGRAMME, "pending": {"days": -1}, "x": 1}))
    wrong = loyalty("programs", "check", file, "--json")
    assert wrong.returncode == FAILED and "$.pending.days" in json.loads(wrong.stdout)["error"]["message"]
    assert "$.x" in wrong.stderr


def test_what_cannot_be_written_ends_with_a_code():
    with open("/dev/full", "w", encoding="utf-8") as full:
        for words in (("topics", "acls"), ("--help",)):
            wrong = loyalty(*words, stdout=full, stderr=subprocess.PIPE, capture_output=False)
            assert wrong.returncode == UNWRITABLE and "No space left" in wrong.stderr, wrong
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert loyalty("topics", "acls", stdout=writing, stderr=subprocess.PIPE, capture_output=False).returncode == 141
    finally:
        os.close(writing)


def test_a_variable_that_sets_nothing_is_told(tmp_path):
    wrong = loyalty("topics", "acls", env={**os.environ, "STAMPEDE_BROKER": "b:1", "STAMPEDE_LOOKUP_SECRET_FILE": "x"})
    assert wrong.returncode == DONE and "the variable STAMPEDE_BROKER sets nothing" in wrong.stderr
    assert "did you mean STAMPEDE_BROKERS?" in wrong.stderr and "LOOKUP" not in wrong.stderr


def helps():
    """The help text of every program and command."""
    told = [
        subprocess.run([BINARIES / name, "--help"], capture_output=True, text=True).stdout
        for name in (*SERVICES, "notifier-web")
    ]
    root = loyalty("--help").stdout
    names = [
        line.split("  ")[1] for line in root.split("\nCommands\n")[1].split("\n\n")[0].splitlines() if line[2] != " "
    ]
    return (
        told + [root] + [loyalty(*(word for word in name.split() if word.islower()), "--help").stdout for name in names]
    )


def test_every_program_knows_the_variables_of_the_others():
    variables = {
        word.strip("[];.,") for text in helps() for word in text.split() if word.startswith(("STAMPEDE_", "[STAM"))
    }
    assert len(variables) > 60
    told = loyalty("topics", "acls", env={**os.environ, **dict.fromkeys(variables, "1"), "STAMPEDE_LOG_LEVEL": "info"})
    assert "sets nothing" not in told.stderr
    worker = subprocess.run(
        [BINARIES / "gdpr-worker"],
        env={"PATH": os.environ["PATH"], "STAMPEDE_BROKERS": "127.0.0.1:1", "STAMPEDE_STARTUP_TIMEOUT_MS": "1000"}
        | {name: "x" for name in variables if "POINTS" in name or "PROGRAM" in name or "TOPICS" in name},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert "sets nothing" not in worker.stderr, worker.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_that_names_commands_and_flags(shell, tmp_path):
    script = loyalty("completion", shell).stdout
    assert "points" in script and "redeem" in script and "timeout-ms" in script
    if shell == "bash":
        file = tmp_path / "loyalty.bash"
        asked = 'COMP_WORDS=(loyalty points redeem --ti); COMP_CWORD=3; _loyalty; echo "${COMPREPLY[@]}"'
        file.write_text(script + "\n" + asked)
        assert subprocess.run(["bash", file], capture_output=True, text=True).stdout.strip() == "--timeout-ms"
        asked = 'COMP_WORDS=(loyalty points ""); COMP_CWORD=2; _loyalty; echo "${COMPREPLY[@]}"'
        file.write_text(script + "\n" + asked)
        offered = subprocess.run(["bash", file], capture_output=True, text=True).stdout.split()
        assert {"redeem", "cancel", "adjust", "transfer", "--json"} <= set(offered)
