"""What is said to a worker and what it says, over its pipes: a line of JSON each way, and after the answer's so many bytes."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

_PART = 2**18


def exchange(process: subprocess.Popen[bytes], request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The head and the content of the answer. Raises OSError or ValueError when the process ends before it is whole."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.flush()
    head = json.loads(process.stdout.readline())
    content = process.stdout.read(head["size"])
    if len(content) < head["size"]:
        raise ValueError("the answer is not whole")
    return head, content


async def exchanged(
    process: subprocess.Popen[bytes], request: Mapping[str, Any]
) -> tuple[dict[str, Any], bytes]:
    """As `exchange`, with the event loop waiting for the answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    loop, pipe = asyncio.get_running_loop(), process.stdout.fileno()
    whole: asyncio.Future[tuple[dict[str, Any], bytes]] = loop.create_future()
    told, head = bytearray(), dict[str, Any]()

    def read() -> bool:
        """Take in what is there; gives whether the answer is whole."""
        part = os.read(pipe, _PART)
        told.extend(part)
        if not head and b"\n" in part:
            line, _, rest = bytes(told).partition(b"\n")
            head.update(json.loads(line))
            told[:] = rest
        if not part:
            raise ValueError("the answer is not whole")
        return bool(head) and len(told) >= head["size"]

    def more() -> None:
        try:
            if whole.done() or not read():
                return
            whole.set_result((head, bytes(told)))
        except (OSError, ValueError) as error:
            whole.set_exception(error)
        loop.remove_reader(pipe)

    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.flush()
    loop.add_reader(pipe, more)
    try:
        return await whole
    finally:
        loop.remove_reader(pipe)
        os.set_blocking(pipe, True)  # uvloop has it otherwise, and a thread may be the next to read


def end(process: subprocess.Popen[bytes]) -> int:
    """End a worker, and say what it ended with."""
    if process.stdout is not None and process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
        process.stdout.close()
    try:
        return process.wait(0.2)  # one that died says of what; one that lives ends with its input
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
