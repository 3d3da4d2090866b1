"""A load of ready-made HTTP requests over a few persistent connections, with as little client work
as possible, so that the server is measured.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit


def post(path: str, host: str, body: bytes, headers: dict[str, str]) -> bytes:
    """The bytes of one POST request."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def requests_per_second(address: str, requests: Sequence[bytes], *, connections: int = 8) -> float:
    """Send every request once; the rate of answers. RuntimeError if an answer is not 200."""
    parts = urlsplit(address)
    return asyncio.run(_run(parts.hostname or "", parts.port or 80, requests, connections))


async def _run(host: str, port: int, requests: Sequence[bytes], connections: int) -> float:
    queue = iter(requests)
    start = time.perf_counter()
    await asyncio.gather(*(_one(host, port, queue) for _ in range(connections)))
    return len(requests) / (time.perf_counter() - start)


async def _one(host: str, port: int, queue: Iterator[bytes]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    for request in queue:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode("latin-1"))
        lowered = head.lower()
        length = int(lowered.split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        if b"connection: close" in lowered:
            writer.close()
            reader, writer = await asyncio.open_connection(host, port)
    writer.close()
