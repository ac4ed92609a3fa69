"""A copy of the tree with all faults in it, each asleep until STAMPEDE_MUTANT gives its number: one build for all of
them."""

import shutil
import subprocess

CHOICE = """import Glibc

private let chosenMutant = getenv("STAMPEDE_MUTANT").flatMap { Int(String(cString: $0)) }

@usableFromInline func isMutant(_ number: Int) -> Bool { chosenMutant == number }
"""
CHOICE_FILE = "ChosenMutant.swift"


def plant(mutants, tree, copy):
    """Makes `copy` the tree's files with the mutants in them. What is there and is the same stays untouched, so that a
    second build is short."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=tree, capture_output=True, check=True
    )
    names = {name for name in listed.stdout.decode().split("\0") if name and (tree / name).is_file()}
    by_file = {}
    for mutant in mutants:
        by_file.setdefault(mutant.file, []).append(mutant)
    contents = {name: (tree / name).read_bytes() for name in names}
    for file, planted in by_file.items():
        contents[file] = planted_text(contents[file].decode(), planted).encode()
        contents["/".join([*file.split("/")[:2], CHOICE_FILE])] = CHOICE.encode()
    for path in copy.rglob("*") if copy.exists() else ():
        name = str(path.relative_to(copy))
        if path.is_file() and not name.startswith(".build/") and name not in contents:
            path.unlink()
    for name, content in contents.items():
        path = copy / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            if name in names:
                shutil.copymode(tree / name, path)


def files_of(tree):
    """Those that git keeps or would keep, below the tree."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=tree, capture_output=True, check=True).stdout.decode()
    return {name for name in listed.split("\0") if (tree / name).is_file()}


def planted_text(text, mutants):
    lines = text.split("\n")
    for index, line in enumerate(lines):
        here = [mutant for mutant in mutants if mutant.line == line.strip()]
        if here:
            lines[index] = planted_line(line, here)
    return "\n".join(lines)


def planted_line(line, mutants):
    """The line with a choice for each mutant. Of several the last in the line goes first, so that the places of the
    others hold."""
    places = sorted(
        ((line.index(mutant.old), mutant) for mutant in mutants if not mutant.leaves_out), key=lambda entry: entry[0]
    )
    end = len(line)
    for at, mutant in reversed(places):
        if at + len(mutant.old) > end:
            raise ValueError(f"{mutant.id} replaces what another mutant replaces too")
        end = at
        choice = f"(isMutant({mutant.number}) ? {mutant.new} : {mutant.old})"
        line = line[:at] + choice + line[at + len(mutant.old) :]
    for mutant in mutants:
        if mutant.leaves_out:
            line = f"if !isMutant({mutant.number}) {{ {line.strip()} }}"
    return line
