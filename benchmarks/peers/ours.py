"""The package, called as Function Compute calls it: the initializer, then direct invocations."""

import logging

from measuring import Send, run

EVENT = '{"phone": "13812345678", "usageType": "SignIn", "code": "%s"}'


def start() -> Send:
    """Import the entry points and run the initializer. Each message is logged, as in the cloud."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    import index

    index.initializer(None)

    def send(code: str) -> None:
        answer = index.handler((EVENT % code).encode(), None)
        if not isinstance(answer, bytes) or b"bizId" not in answer:
            raise SystemExit(answer)

    return send


run(start)
