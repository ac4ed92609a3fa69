"""Misfortunes that a test can arrange: a disk of a few megabytes, damaged files."""

import errno
import os
import random
import subprocess
from contextlib import contextmanager
from pathlib import Path

FILLER = "filler"
FILLER_PIECE_BYTES = 4096


def can_mount():
    """Whether this process may mount: as root in a container that lacks the right, it may not."""
    probe = subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True)
    return probe.returncode == 0


class SmallDisk:
    """A file system of its own over `folder`, of `mebibytes`, which may be filled and lose its write access."""

    def __init__(self, folder, mebibytes):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._run("mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", self.folder)

    def fill(self):
        """To the last byte, with a file that is not the workers'."""
        with (self.folder / FILLER).open("wb", buffering=0) as filler:
            try:
                while filler.write(bytes(FILLER_PIECE_BYTES)):
                    pass
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def empty(self):
        (self.folder / FILLER).unlink()

    def forbid_writing(self):
        self._run("mount", "-o", "remount,ro", self.folder)

    def allow_writing(self):
        self._run("mount", "-o", "remount,rw", self.folder)

    def close(self):
        self._run("umount", "--lazy", self.folder)

    @staticmethod
    def _run(*argv):
        subprocess.run([str(word) for word in argv], check=True, capture_output=True, text=True)


@contextmanager
def small_disk(folder, mebibytes):
    """Unmounted at the end; who still writes there goes on in a folder that nobody sees."""
    disk = SmallDisk(folder, mebibytes)
    try:
        yield disk
    finally:
        disk.close()


# -- Damage to the files of a store whose worker does not run


def databases(worker):
    return sorted(worker.state.rglob("*.sqlite"))


def overwrite_header(worker):
    for file in databases(worker):
        with file.open("r+b") as database:
            database.write(b"not a database at all")


def overwrite_pages(worker):
    """Every page but the first, as a disk does that returns the wrong sectors."""
    noise = random.Random(7)
    for file in databases(worker):
        with file.open("r+b") as database:
            page = int.from_bytes(database.read(18)[16:18], "big")
            for at in range(page, file.stat().st_size, page):
                database.seek(at)
                database.write(noise.randbytes(page))


def cut_short(worker):
    for file in databases(worker):
        os.truncate(file, file.stat().st_size // 2)


def empty_files(worker):
    for file in databases(worker):
        os.truncate(file, 0)


def lose_write_ahead_logs(worker):
    for file in databases(worker):
        file.with_name(file.name + "-wal").unlink(missing_ok=True)
