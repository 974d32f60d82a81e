"""A provider that accepts every message after 50 ms, about as long as the real one takes.

``python slow_provider.py CERTIFICATE KEY`` prints its port and serves until it is stopped.
"""

import asyncio
import re
import ssl
import sys

SECONDS = 0.05
BODY = b'{"Code":"OK","Message":"OK","RequestId":"REQUEST","BizId":"BIZ"}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one request after the other until the connection is closed."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            if length := LENGTH.search(head):
                await reader.readexactly(int(length[1]))
            await asyncio.sleep(SECONDS)
            writer.write(ANSWER)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main(certificate: str, key: str) -> None:
    """Listen on a free port of this machine."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(serve, "localhost", 0, ssl=context, backlog=256, family=2)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
