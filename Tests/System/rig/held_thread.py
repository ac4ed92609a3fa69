"""One thread of another process, held still (ptrace), while the rest of that process goes on."""

import ctypes
import os
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long
# Waits for threads too, not for whole children only; the module `os` does not name it.
_WALL = 0x40000000
_PTRACE_DETACH, _PTRACE_SEIZE, _PTRACE_INTERRUPT = 17, 0x4206, 0x4207


class HeldThread:
    """Hold and let go from one and the same thread; the held thread goes on by itself when that one ends."""

    def __init__(self, pid, name):
        """Holds the only thread of that name."""
        tasks = [task for task in Path(f"/proc/{pid}/task").iterdir() if _name(task) == name]
        assert len(tasks) == 1, f"process {pid} has {len(tasks)} threads named {name}"
        self._thread = int(tasks[0].name)
        self._ask(_PTRACE_SEIZE)
        self._ask(_PTRACE_INTERRUPT)
        _, status = os.waitpid(self._thread, _WALL)
        assert os.WIFSTOPPED(status), f"thread {name} did not stop: {status}"

    def let_go(self):
        """Must come before the process is ended: it could not be waited for with a thread held."""
        try:
            self._ask(_PTRACE_DETACH)
        except ProcessLookupError:
            # It was killed from outside: the thread is left to be waited for.
            os.waitpid(self._thread, _WALL)

    def _ask(self, request):
        if _libc.ptrace(request, self._thread, None, None) == -1:
            number = ctypes.get_errno()
            raise OSError(number, f"ptrace({request}) of thread {self._thread}: {os.strerror(number)}")


def _name(task):
    try:
        return (task / "comm").read_text().strip()
    except FileNotFoundError:
        # Gone since it was listed.
        return None
