"""Builds the programs of a revision in a folder of its own under .build/revisions and prints where they lie. A revision
once built stays."""

import subprocess
import sys

from rig.worker import ROOT


def git(*words):
    return subprocess.run(["git", "-C", ROOT, *words], check=True, capture_output=True, text=True).stdout.strip()


def main(revision):
    commit = git("rev-parse", f"{revision}^{{commit}}")
    folder = ROOT / ".build" / "revisions" / commit
    source, binaries = folder / "source", folder / "build" / "release"
    if not (folder / "ready").exists():
        source.mkdir(parents=True, exist_ok=True)
        archive = subprocess.Popen(["git", "-C", ROOT, "archive", commit], stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", source], check=True, stdin=archive.stdout)
        if archive.wait() != 0:
            raise SystemExit(f"git cannot read {commit}")
        build = ["swift", "build", "-c", "release", "--package-path", source, "--scratch-path", folder / "build"]
        subprocess.run(build, check=True, stdout=sys.stderr)
        (folder / "ready").touch()
    print(binaries)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("which revision? make test-upgrade FROM=REVISION")
    main(sys.argv[1])
