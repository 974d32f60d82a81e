"""Text of others that is safe to print: it cannot move the cursor or hide what it says."""


def printable(text: str, keep: str = "\n\t") -> str:
    r"""Escape all characters that do not print, such as ``\x1b``, but those to keep."""
    return "".join(
        char if char.isprintable() or char in keep else char.encode("unicode_escape").decode()
        for char in text
    )
