"""Asking an endpoint politely: who asks is told, one request at a time, with pauses, and again only in good time.

Nothing that comes is trusted to end: an answer is read piece by piece, unpacked, within bounds of bytes and of seconds.
"""

from __future__ import annotations

import random
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlencode, urlsplit

import pyoxigraph as ox
from pyoxigraph import NamedNode, RdfFormat, Triple

from coopgraph.errors import StoreError, Text, UsageError, system_text
from coopgraph.store.http import by_way, proxy_of, unencrypted

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

_FORMATS = {
    "application/n-triples": RdfFormat.N_TRIPLES,
    "text/turtle": RdfFormat.TURTLE,
    "application/x-turtle": RdfFormat.TURTLE,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "text/plain": RdfFormat.N_TRIPLES,  # what N-Triples was sent as before RDF 1.1
}
Answer = TypeVar("Answer")
_PASSING = frozenset((408, 425, 429, 500, 502, 503, 504))
_REDIRECTS = 5
_PIECE = 2**16


@dataclass(frozen=True)
class Manners:
    """How an endpoint is asked. `pause` is between requests; `wait` before the second try, doubled for each one more.

    `timeout` is how many seconds one answer may take, `limit` how many bytes it may have when unpacked, and `patience`
    how many seconds of waiting the server may ask for.
    """

    pause: float = 1.0
    tries: int = 6
    wait: float = 2.0
    timeout: float = 120.0
    limit: int = 64 * 2**20
    patience: float = 600.0


@dataclass(frozen=True)
class Form:
    """What a service speaks. `name` is what its answers are, `service` whose address is wanted, `less` how to ask for less,
    and `again` what to do when it does not answer. With `sized`, an answer of no known length is refused: nothing else
    tells that it is whole.
    """

    accept: str
    kinds: frozenset[str]
    name: str
    service: Text
    less: Text
    again: Text
    sized: bool = False


RDF = Form(
    "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5",
    frozenset(_FORMATS),
    "RDF",
    Text("the SPARQL endpoint", "SPARQL-tjänsten"),
    Text("--page N", "--page N"),
    Text(
        "Run the harvest again later; what has come by then is not fetched again.",
        "Kör hämtningen igen senare; det som redan har kommit hämtas inte på nytt.",
    ),
    sized=True,
)

Waiting = Callable[[Text, float], None]
"""Told when a try has failed: what the server did, and in how many seconds it is asked again."""


class _Passing(Exception):
    """What may go better another time; `after` is when the server asks to be asked again, in seconds."""

    def __init__(self, en: str, sv: str, after: float | None = None) -> None:
        self.said, self.after = Text(en, sv), after


class Endpoint:
    """Asks the service at `url`, one request at a time. `agent` says who asks."""

    def __init__(self, url: str, *, agent: str, manners: Manners, waiting: Waiting, form: Form = RDF) -> None:
        if not url.startswith(("http://", "https://")) or not _is_iri(url):
            raise UsageError(
                f"'{url}' is not the address of an endpoint. It begins with http:// or https://.",
                f"'{url}' är ingen adress till en tjänst. Den ska börja med http:// eller https://.",
            )
        if "@" in urlsplit(url).netloc:
            raise UsageError(
                "An address with a password in it is refused: the address is written into the data, for everybody to see.",
                "En adress med lösenord i tillåts inte: adressen skrivs in i datan, där alla kan se den.",
            )
        self.url, self._manners, self._waiting, self._form = url, manners, waiting, form
        self._headers = {
            "User-Agent": agent,
            "Accept": form.accept,
            "Accept-Encoding": "gzip",
        }
        self._pool = _pool(url)
        self._next, self._reached = 0.0, False

    def construct(self, query: str) -> list[Triple]:
        """The triples of the answer. Raises StoreError when the server does not give it whole, after several tries."""
        return self.ask({"query": query}, _triples)

    def ask(self, fields: Mapping[str, str], read: Callable[[bytes, str], Answer]) -> Answer:
        """What `read` makes of the answer, given its media type; without fields the address itself is got.

        An answer that `read` raises ValueError or SyntaxError for is asked for again. Raises StoreError when the server
        does not give it whole, after several tries.
        """
        for count in range(1, self._manners.tries + 1):
            self._rest()
            try:
                return self._once(fields, read)
            except _Passing as trouble:
                if count == self._manners.tries:
                    again = self._form.again
                    raise StoreError(
                        f"{self.url} {trouble.said.en} {count} tries were made. {again.en}",
                        f"{self.url} {trouble.said.sv} {count} försök gjordes. {again.sv}",
                    ) from trouble
                self._wait(trouble, count)
        raise AssertionError("no try was made")

    def _rest(self) -> None:
        time.sleep(max(0.0, self._next - time.monotonic()))

    def _wait(self, trouble: _Passing, count: int) -> None:
        """Set when to ask again: when the server says, else later for each try, and never in step with others."""
        wait = self._manners.wait * 2 ** (count - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - nothing secret
        if trouble.after is not None:
            if trouble.after > self._manners.patience:
                minutes = round(trouble.after / 60)
                again = self._form.again
                raise StoreError(
                    f"{self.url} asks to be left alone for {minutes} minutes. {again.en}",
                    f"{self.url} ber att få vara i fred i {minutes} minuter. {again.sv}",
                ) from trouble
            wait = trouble.after
        self._next = max(self._next, time.monotonic() + wait)
        self._waiting(trouble.said, wait)

    def _once(self, fields: Mapping[str, str], read: Callable[[bytes, str], Answer]) -> Answer:
        """One try. Raises _Passing for what may pass, StoreError for what won't."""
        import urllib3
        from urllib3.exceptions import HTTPError

        deadline = time.monotonic() + self._manners.timeout
        try:
            response = self._pool.request(
                "POST" if fields else "GET",
                self.url,
                body=urlencode(fields) if fields else None,
                headers=self._headers
                | ({"Content-Type": "application/x-www-form-urlencoded"} if fields else {}),
                preload_content=False,
                timeout=urllib3.Timeout(connect=min(20.0, self._manners.timeout), read=self._manners.timeout),
                retries=urllib3.Retry(total=None, connect=0, read=0, other=0, status=0, redirect=_REDIRECTS),
            )
            self._reached = True
            try:
                self._refuse(response)
                body = b"".join(self._pieces(response, deadline))
            finally:
                response.close()  # what is left of an answer is not worth reading to keep the connection
        except HTTPError as error:
            raise self._trouble(error) from error
        finally:
            self._next = time.monotonic() + self._manners.pause
        try:
            return read(body, _kind(response))
        except (SyntaxError, ValueError) as error:
            name = self._form.name
            raise _Passing(
                f"answered with {name} that can't be read ({error}).",
                f"svarade med {name} som inte går att läsa ({error}).",
            ) from error

    def _refuse(self, response: BaseHTTPResponse) -> None:
        """Raise for a status other than 200, for an answer of no known length, and for what is of another form."""
        form = self._form
        if self.url.startswith("https:") and (response.url or "").startswith("http:"):
            raise StoreError(
                f"{self.url} sends on to {response.url}, which is not encrypted.",
                f"{self.url} skickar vidare till {response.url}, som inte är krypterad.",
            )
        if response.status != HTTPStatus.OK:
            said = _start_of(response)
            en = f"answered {response.status}{': ' + said if said else ''}."
            sv = f"svarade {response.status}{': ' + said if said else ''}."
            if response.status in _PASSING:
                raise _Passing(en, sv, _retry_after(response))
            raise StoreError(f"{self.url} {en}", f"{self.url} {sv}")
        if _kind(response) not in form.kinds:
            said = _start_of(response)
            raise StoreError(
                f"{self.url} did not answer with {form.name} but with {_kind(response) or 'nothing named'}: {said} "
                f"Is it the address of {form.service.en}?",
                f"{self.url} svarade inte med {form.name} utan med {_kind(response) or 'något onämnt'}: {said} "
                f"Är det adressen till {form.service.sv}?",
            )
        if (
            form.sized
            and not response.headers.get("Content-Length")
            and "chunked" not in response.headers.get("Transfer-Encoding", "")
        ):
            raise StoreError(
                f"{self.url} does not say how long its answer is, so that nobody can tell whether it is whole.",
                f"{self.url} säger inte hur långt svaret är, så det går inte att veta om det är helt.",
            )
        if response.headers.get("X-SQL-State") == "S1TAT":  # so Virtuoso says that a limit was reached
            raise StoreError(
                f"{self.url} gave only a part of the answer: it has a limit. Ask for less at a time: --page N",
                f"{self.url} gav bara en del av svaret: den har en gräns. Begär mindre i taget: --page N",
            )

    def _pieces(self, response: BaseHTTPResponse, deadline: float) -> Iterator[bytes]:
        """The body as it comes, unpacked, within the bounds."""
        size = 0
        while piece := response.read1(_PIECE, decode_content=True):
            size += len(piece)
            if size > self._manners.limit:
                megabytes = self._manners.limit // 2**20
                raise StoreError(
                    f"{self.url} answered with more than {megabytes} MB at a time. Ask for less: {self._form.less.en}",
                    f"{self.url} svarade med mer än {megabytes} MB i taget. Begär mindre: {self._form.less.sv}",
                )
            if time.monotonic() > deadline:
                raise _Passing(
                    "did not get done with its answer in time.", "blev inte klar med svaret i tid."
                )
            yield piece

    def _trouble(self, error: Exception) -> Exception:
        """What went wrong on the way, in our words."""
        from urllib3.exceptions import (
            DecodeError,
            MaxRetryError,
            NewConnectionError,
            ProtocolError,
            ProxyError,
            ResponseError,
            SSLError,
            TimeoutError,
        )

        reason = error.reason if isinstance(error, MaxRetryError) and error.reason is not None else error
        if isinstance(reason, ProxyError):
            reason = reason.original_error
        if isinstance(reason, ResponseError):
            return StoreError(
                f"{self.url} sends on more than {_REDIRECTS} times. Is it the address of {self._form.service.en}?",
                f"{self.url} skickar vidare mer än {_REDIRECTS} gånger. Är det adressen till {self._form.service.sv}?",
            )
        if isinstance(reason, TimeoutError) and not isinstance(reason, NewConnectionError):
            return _Passing("does not answer in time.", "svarar inte i tid.")
        if isinstance(reason, DecodeError):
            return _Passing(
                "sent an answer that can't be unpacked.", "skickade ett svar som inte går att packa upp."
            )
        if isinstance(reason, ProtocolError):
            return _Passing("broke off in the middle of its answer.", "bröt av mitt i sitt svar.")
        if isinstance(reason, SSLError) and reason.args and isinstance(reason.args[0], ssl.SSLError):
            return unencrypted(self.url, reason.args[0])
        cause = reason.__cause__ if isinstance(reason.__cause__, Exception) else reason
        told, way = system_text(cause), by_way(self.url)
        if (
            isinstance(cause, socket.gaierror)
            and cause.errno == socket.EAI_NONAME
            and not self._reached
            and not way.en
        ):
            return StoreError(
                f"{self.url} can't be reached: {told.en}. Is the address right?",
                f"{self.url} går inte att nå: {told.sv}. Är adressen rätt?",
            )
        return _Passing(f"can't be reached{way.en}: {told.en}.", f"går inte att nå{way.sv}: {told.sv}.")


def _pool(url: str) -> PoolManager:
    """What opens connections, by way of a proxy where the environment names one."""
    import urllib3

    proxy = proxy_of(url)
    if proxy is None:
        return urllib3.PoolManager(maxsize=1)
    parts = urlsplit(proxy)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(
            f"The environment names a proxy for {url} that is none of http or https.",
            f"Miljön anger en proxyserver för {url} som inte är av slaget http eller https.",
        )
    known = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
    return urllib3.ProxyManager(
        proxy, maxsize=1, proxy_headers=urllib3.make_headers(proxy_basic_auth=known) if known else None
    )


def _triples(body: bytes, kind: str) -> list[Triple]:
    return [quad.triple for quad in ox.parse(body, format=_FORMATS[kind])]


def _is_iri(url: str) -> bool:
    try:
        NamedNode(url)
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def _kind(response: BaseHTTPResponse) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _start_of(response: BaseHTTPResponse) -> str:
    """The first words of a body that is no answer."""
    text = response.read1(400, decode_content=True).decode("utf-8", "replace")
    words = " ".join(text.split())
    return words[:120] + ("…" if len(words) > 120 else "")


def _retry_after(response: BaseHTTPResponse) -> float | None:
    """The seconds of `Retry-After`, which may be a number or a date (RFC 9110, section 10.2.3)."""
    from urllib3 import Retry
    from urllib3.exceptions import InvalidHeader

    value = response.headers.get("Retry-After")
    try:
        return None if value is None else float(Retry().parse_retry_after(value))
    except InvalidHeader:
        return None
