"""Processes that their parent owns: started with a log file, stopped by id, never left behind."""

import ctypes
import os
import signal
import subprocess
from pathlib import Path

from .waiting import wait_until

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


def die_with(parent_pid):
    """Runs in the child before exec: the kernel kills it when the thread that started it ends, even by kill -9."""

    def arrange():
        if _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
        if os.getppid() != parent_pid:
            os._exit(1)

    return arrange


class OwnedProcess:
    """One child process. Start it from a thread that outlives it (the main thread, as a rule).

    Output (stdout and stderr) is appended to `log`, so that several runs of one worker read as one story.
    """

    def __init__(self, name, argv, log, env=None, cwd=None):
        self.name = name
        self.argv = [str(part) for part in argv]
        self.log = Path(log)
        self.env = env or {}
        self.cwd = cwd
        self.process = None
        self.log_start = 0

    def start(self):
        assert not self.running, f"{self.name} already runs"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.log_start = output.tell()
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.env},
                cwd=self.cwd,
                start_new_session=True,
                preexec_fn=die_with(os.getpid()),
            )
        return self

    @property
    def pid(self):
        return self.process.pid

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self):
        return None if self.process is None else self.process.poll()

    def output(self):
        """What this run has written so far."""
        with self.log.open("rb") as log:
            log.seek(self.log_start)
            return log.read().decode("utf-8", "replace")

    def tail(self, lines=15):
        return "\n".join(f"    {line}" for line in self.output().splitlines()[-lines:])

    def wait_for_output(self, find, seconds, what):
        """Waits until `find(output)` is true; fails at once, with the log's end, when the process ends before that."""

        def look():
            running = self.running
            found = find(self.output())
            if not found and not running:
                raise AssertionError(f"{self.name} ended with {self.exit_code} before {what}:\n{self.tail()}")
            return found

        return wait_until(look, seconds, lambda: f"{self.name}: {what}; its log ends\n{self.tail()}")

    def wait_for_exit(self, seconds):
        wait_until(lambda: not self.running, seconds, lambda: f"{self.name} to end; its log ends\n{self.tail()}")
        return self.exit_code

    def stop(self, seconds=10):
        """SIGTERM, and SIGKILL when that is not heard in time. Returns the exit code (negative: the signal)."""
        if self.running:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.exit_code

    def kill(self):
        """kill -9, and waits for the end."""
        if self.running:
            self.process.kill()
            self.process.wait()
        return self.exit_code

    def resident_bytes(self):
        """Resident memory now, and its peak."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        values = dict(line.split(":", 1) for line in status.splitlines())
        return tuple(int(values[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
