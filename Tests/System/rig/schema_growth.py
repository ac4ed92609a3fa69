"""Whether a schema has only grown: whatever a release wrote or sent is still taken, and means the same."""

# Bounds that may only be loosened: downwards or upwards.
LOWER = ("minimum", "minLength", "minItems", "exclusiveMinimum")
UPPER = ("maximum", "maxLength", "maxItems", "exclusiveMaximum")
NULL = {"type": "null"}
# Parts that must stay as they are: whether another pattern takes more nobody can tell by looking.
SAME = ("const", "pattern", "$ref", "contentEncoding", "not", "if", "then", "else")


def breaches(old, new, path="$", reads=False):
    """What is incompatible, a sentence each. `reads` is for topics that others read: they rely on required fields."""
    if old == new or old is False:
        return []
    if not isinstance(old, dict) or not isinstance(new, dict):
        return [] if new is True else [f"{path}: allows less than before"]
    if not reads and NULL in new.get("anyOf", []) and "anyOf" not in old:
        # Null besides: what was there before is the other choice.
        rest = [choice for choice in new["anyOf"] if choice != NULL]
        new = {name: value for name, value in new.items() if name != "anyOf"} | (rest[0] if len(rest) == 1 else {})
    found = []
    for name in SAME:
        if (
            name in old
            and old.get(name) != new.get(name)
            and not (name == "const" and old[name] in new.get("enum", ()))
        ):
            if name in new or name in ("const", "$ref"):
                found.append(f"{path}: {name} has changed")
        if name not in old and name in new and name not in ("if", "then", "else"):
            found.append(f"{path}: {name} is new")
    if "if" in new and "if" not in old:
        found.append(f"{path}: a condition is new")
    for name, harder in [*((n, lambda a, b: b > a) for n in LOWER), *((n, lambda a, b: b < a) for n in UPPER)]:
        if name in new and (name not in old or harder(old[name], new[name])):
            found.append(f"{path}: {name} is stricter")
    found += lists(old, new, path, reads)
    for name, schema in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            found.append(f"{path}.{name}: is gone")
        else:
            found += breaches(schema, new["properties"][name], f"{path}.{name}", reads)
    for name, schema in old.get("$defs", {}).items():
        if name not in new.get("$defs", {}):
            found.append(f"{path}.$defs.{name}: is gone")
        else:
            found += breaches(schema, new["$defs"][name], f"{path}.$defs.{name}", reads)
    if "items" in old:
        found += breaches(old["items"], new.get("items", True), f"{path}[]", reads)
    if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
        found.append(f"{path}: further fields are refused")
    return found


def lists(old, new, path, reads):
    """Enumerations, kinds, required fields and alternatives."""
    found = []
    for name in ("enum", "type"):
        before, now = listed(old.get(name)), listed(new.get(name))
        if now and (not before or not set(map(str, before)) <= set(map(str, now))):
            constant = name == "enum" and "const" in old and old["const"] in now
            # A list of words may become any text.
            words = name == "type" and "string" in now and all(isinstance(word, str) for word in old.get("enum", [0]))
            if not constant and not words:
                found.append(f"{path}: {name} allows less")
    before, now = set(old.get("required", [])), set(new.get("required", []))
    if not reads and now - before:
        found.append(f"{path}: {', '.join(sorted(now - before))} must be sent from now on")
    if reads and before - now:
        found.append(f"{path}: {', '.join(sorted(before - now))} may be missing from now on")
    for name in ("anyOf", "oneOf"):
        # Whatever a choice took one of the new ones takes.
        if any(
            all(breaches(choice, other, path, reads) for other in new.get(name, [])) for choice in old.get(name, [])
        ):
            found.append(f"{path}: a choice of {name} has changed")
        if name in new and name not in old:
            found.append(f"{path}: {name} is new")
    # A condition more, on a value of a field that did not exist before, binds nobody.
    if any(part not in new.get("allOf", []) for part in old.get("allOf", [])):
        found.append(f"{path}: a condition of allOf has changed")
    return found


def listed(value):
    return value if isinstance(value, list) else [] if value is None else [value]
