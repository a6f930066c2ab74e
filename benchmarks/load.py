"""A client that asks one address again and again over so many connections, and tells how long answers took.

python -m benchmarks.load URL ACCEPT CONNECTIONS SECONDS
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

WARM = 0.5


@dataclass(frozen=True)
class Load:
    """Answers a second, and their times in milliseconds. An answer that is no 2xx, or empty, has failed."""

    connections: int
    per_second: float
    p50: float
    p99: float
    failed: int
    bytes: int


async def one(
    host: str, port: int, request: bytes, until: float, from_: float, times: list[float], failed: list[bytes]
) -> int:
    """Ask over one connection until a moment; a connection that the server closes is opened again."""
    size, writer = 0, None
    while time.perf_counter() < until:
        if writer is None:
            reader, writer = await asyncio.open_connection(host, port)
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        fields = dict(line.split(b": ", 1) for line in lines[1:] if b": " in line)
        if b"content-length" in fields:
            body = await reader.readexactly(int(fields[b"content-length"]))
        elif fields.get(b"transfer-encoding") == b"chunked":
            body = b""
            while length := int((await reader.readline()).split(b";")[0], 16):
                body += await reader.readexactly(length)
                await reader.readline()
            await reader.readline()
        else:
            body = await reader.read()
        ended = time.perf_counter()
        if began >= from_:
            times.append(ended - began)
            if not head.startswith((b"HTTP/1.1 2", b"HTTP/1.0 2")) or not body:
                failed.append(head)
        size = len(body)
        if fields.get(b"connection") == b"close":
            writer.close()
            writer = None
    if writer is not None:
        writer.close()
    return size


async def ask(url: str, accept: str, connections: int, seconds: float) -> Load:
    """Ask for so long, after a short time to warm up."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    request = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: {accept}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    times: list[float] = []
    failed: list[bytes] = []
    start = time.perf_counter() + WARM
    assert parts.hostname
    assert parts.port
    sizes = await asyncio.gather(
        *(
            one(parts.hostname, parts.port, request, start + seconds, start, times, failed)
            for _ in range(connections)
        )
    )
    times = sorted(times) or [seconds]  # not one answer in all that time
    return Load(
        connections,
        len(times) / seconds,
        times[len(times) // 2] * 1000,
        times[int(len(times) * 0.99)] * 1000,
        len(failed),
        sizes[0],
    )


if __name__ == "__main__":
    found = asyncio.run(ask(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
    print(json.dumps(asdict(found)))
