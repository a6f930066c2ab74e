"""Answers: bytes with a strong entity tag, packed once, kept as long as the graph that they tell of.

Every answer that is not an error has an entity tag for each packing (RFC 9110, section 8.8.3: strong).
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field

import brotli
from starlette.requests import Request
from starlette.responses import Response

from coopgraph.publish.server.negotiate import best_packing

_SMALLEST = 600
_PACKED_ALREADY = (
    "application/vnd.openxmlformats",
    "application/vnd.apache.parquet",
    "application/gzip",
    "image/png",
)
VARY = "Accept, Accept-Encoding, Accept-Language"


@dataclass
class Reply:
    """An answer before it is fitted to a client. `headers` are those beside content type, length, tag and packing."""

    body: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    _packed: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    def packed(self, packing: str) -> tuple[bytes, str]:
        """The body in a packing, and its entity tag."""
        found = self._packed.get(packing)
        if found is None:
            body = self.body
            if packing == "br":
                body = brotli.compress(body, quality=5)
            elif packing == "gzip":
                body = gzip.compress(body, 6, mtime=0)
            tag = hashlib.sha256(self.body).hexdigest()[:20] + (f"-{packing}" if packing else "")
            found = self._packed[packing] = body, f'"{tag}"'
        return found

    def packable(self) -> bool:
        return len(self.body) >= _SMALLEST and not self.media_type.startswith(_PACKED_ALREADY)


def send(request: Request, reply: Reply, *, fresh: int) -> Response:
    """The answer as this client takes it: packed, or 304 when it has it already. `fresh`: seconds it may be kept unasked."""
    packing = best_packing(request.headers.get("accept-encoding", "")) if reply.packable() else ""
    body, tag = reply.packed(packing)
    headers = {"vary": VARY, "cache-control": f"public, max-age={fresh}", "etag": tag, **reply.headers}
    if reply.status != 200:
        headers["cache-control"] = "no-store"
        del headers["etag"]
    elif _has(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    if packing:
        headers["content-encoding"] = packing
    headers["content-type"] = reply.media_type
    return Response(body, status_code=reply.status, headers=headers)


def _has(if_none_match: str, tag: str) -> bool:
    """Whether a list of entity tags names this one; weak ones count, as section 13.1.2 wants."""
    wanted = if_none_match.strip()
    return wanted == "*" or tag in (one.strip().removeprefix("W/") for one in wanted.split(","))


class Cache:
    """Replies by key, at most so many bytes, those used longest ago forgotten first. What two ask for is made once."""

    def __init__(self, size: int) -> None:
        self.size, self.used = size, 0
        self.hits = self.misses = 0
        self._kept: OrderedDict[Hashable, Reply] = OrderedDict()
        self._made: dict[Hashable, asyncio.Future[Reply | None]] = {}

    def get(self, key: Hashable) -> Reply | None:
        found = self._kept.get(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._kept.move_to_end(key)
        return found

    async def made(self, key: Hashable, make: Callable[[], Awaitable[Reply | None]]) -> Reply | None:
        """The reply of a key, made when it is not there; None when there is nothing of that key."""
        found = self.get(key)
        if found is not None:
            return found
        waiting = self._made.get(key)
        if waiting is not None:
            return await asyncio.shield(waiting)
        waiting = self._made[key] = asyncio.get_running_loop().create_future()
        try:
            reply = await make()
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):
                waiting.cancel()
            else:
                waiting.set_exception(error)
                waiting.exception()  # somebody has looked at it: ourselves
            raise
        else:
            waiting.set_result(reply)
            if reply is not None and reply.status == 200:
                self._keep(key, reply)
            return reply
        finally:
            del self._made[key]

    def _keep(self, key: Hashable, reply: Reply) -> None:
        size = _weight(reply)
        if size > self.size // 4:
            return
        self._kept[key] = reply
        self.used += size
        while self.used > self.size:
            _, old = self._kept.popitem(last=False)
            self.used -= _weight(old)


def _weight(reply: Reply) -> int:
    """About how much memory a reply takes, its packed forms too."""
    return 2 * len(reply.body) + 1000
