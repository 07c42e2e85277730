"""The wire between a browser and the server: it writes down every stroke and can be made bad.

A plain proxy on a port of its own. What passes it is the harness's own record of what was sent and
of what the server answered, whether or not the browser ever saw the answer.
"""

import asyncio
import contextlib
import json
import threading
from dataclasses import dataclass, field

from tests.chaos.messages import read_message


@dataclass(frozen=True)
class Posted:
    """One stroke that reached the server, and its answer."""

    id: str
    body: bytes
    status: int
    is_duplicate: bool
    is_delivered: bool


@dataclass
class Wire:
    """A proxy before the server at `upstream`; its faults are set from the outside.

    Attributes:
        is_cut: nothing passes and what is open is torn.
        answers_to_drop: so many answers to strokes are thrown away after the server gave them.
        is_doubling: each stroke is sent to the server twice.
        delay_s: strokes wait so long before they are sent.
        posted: every stroke the server answered, in order.
    """

    upstream: int
    is_cut: bool = False
    answers_to_drop: int = 0
    is_doubling: bool = False
    delay_s: float = 0.0
    posted: list[Posted] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        starting = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 26), self._loop
        )
        self._server = starting.result(10)
        self.port = int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Tear what is open and let nothing pass until `mend`."""
        self.is_cut = True

        def tear() -> None:
            for writer in self._open:
                writer.transport.abort()

        self._loop.call_soon_threadsafe(tear)

    def mend(self) -> None:
        """Let everything pass again, unharmed."""
        self.is_cut, self.answers_to_drop, self.is_doubling, self.delay_s = False, 0, False, 0.0

    def stop(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._server.close)
        ending = asyncio.run_coroutine_threadsafe(_end_tasks(), self._loop)
        ending.result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        broken = (OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError)
        try:
            with contextlib.suppress(*broken):
                await self._pass_on(reader, writer)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if self.is_cut:
            return
        lines = head.decode("latin-1").split("\r\n")
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        if headers.get("upgrade", "").lower() == "websocket":
            await self._tunnel(head, reader, writer)
            return
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        kept = [line for line in lines[:-2] if not line.lower().startswith("connection:")]
        request = "\r\n".join([*kept, "Connection: close", "", ""]).encode("latin-1") + body
        if lines[0].startswith("POST") and "/strokes/" in lines[0]:
            answer = await self._stroke(request, body)
        else:
            answer = await self._ask(request)
        if answer and not self.is_cut:
            writer.write(answer)
            await writer.drain()

    async def _ask(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            writer.write(request)
            await writer.drain()
            return await reader.read()
        finally:
            writer.close()

    async def _stroke(self, request: bytes, body: bytes) -> bytes:
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        answer = await self._ask(request)
        if self.is_doubling and answer:
            self._note(body, answer, is_delivered=False)
            answer = await self._ask(request)
        is_dropped = self.answers_to_drop > 0
        if answer:
            self._note(body, answer, is_delivered=not is_dropped)
        if is_dropped:
            self.answers_to_drop -= 1
            return b""
        return answer

    def _note(self, body: bytes, answer: bytes, *, is_delivered: bool) -> None:
        head, _, content = answer.partition(b"\r\n\r\n")
        try:
            status = int(head.split()[1])
            said = json.loads(content) if status == 200 else {}
        except (IndexError, ValueError):  # the server died in the middle of its answer
            return
        is_duplicate = bool(said.get("duplicate"))
        self.posted.append(Posted(read_message(body).id, body, status, is_duplicate, is_delivered))

    async def _tunnel(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        upstream, onward = await asyncio.open_connection("127.0.0.1", self.upstream)
        self._open.add(onward)
        try:
            onward.write(head)
            await asyncio.wait(
                [
                    asyncio.ensure_future(_pump(reader, onward)),
                    asyncio.ensure_future(_pump(upstream, writer)),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            self._open.discard(onward)
            onward.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while some := await reader.read(1 << 16):
            writer.write(some)
            await writer.drain()


async def _end_tasks() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
