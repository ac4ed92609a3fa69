"""Text for a person at a terminal: headings, aligned tables, quoted passages."""

import unicodedata

INDENT = "  "


def heading(text):
    print(f"\n{text}\n{'─' * len(text)}")


def say(text):
    print(f"{INDENT}{text}", flush=True)


def pairs(rows):
    """Label and value, values aligned: numbers to the right of each other."""
    rows = [(label, _text(value), isinstance(value, int)) for label, value in rows]
    label_width = max(len(label) for label, _, _ in rows)
    value_width = max((len(value) for _, value, number in rows if number), default=0)
    for label, value, number in rows:
        say(f"{label:<{label_width}}  {value.rjust(value_width) if number else value}")


def table(columns, rows):
    """Columns are names; a column whose values are whole numbers is aligned to the right."""
    numbers = [all(isinstance(row[index], int) for row in rows) for index in range(len(columns))]
    cells = [[_text(value) for value in row] for row in rows]
    widths = [max(len(text) for text in column) for column in zip(columns, *cells, strict=True)]

    def line(texts):
        aligned = (
            text.rjust(width) if number else text.ljust(width)
            for text, width, number in zip(texts, widths, numbers, strict=True)
        )
        say("  ".join(aligned).rstrip())

    line(columns)
    line(["─" * width for width in widths])
    for row in cells:
        line(row)


def quote(text):
    for line in text.splitlines():
        say(f"│ {line}".rstrip())


def _text(value):
    if isinstance(value, int):
        return f"{value:,}"
    return "" if value is None else unicodedata.normalize("NFC", str(value))
