"""The package as a built-in runtime runs it: one event a line, one answer a line."""

import logging
import sys


def main() -> None:
    """Answer events until there are no more."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    import index

    index.initializer(None)
    for event in sys.stdin.buffer:
        answer = index.handler(event.rstrip(), None)
        if not isinstance(answer, bytes):
            raise SystemExit(answer)
        sys.stdout.buffer.write(answer + b"\n")
        sys.stdout.buffer.flush()


main()
