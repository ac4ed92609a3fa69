"""What this model does not compute, it says."""


class NotKnown(ValueError):
    """The programme or the input asks for something that this model does not compute."""


def only(document, names, where):
    """Refuses a document with other fields than these."""
    unknown = set(document) - set(names.split())
    if unknown:
        raise NotKnown(f"{where}: {', '.join(sorted(unknown))}")
