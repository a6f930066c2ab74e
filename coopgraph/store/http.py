"""One HTTP request to a server, for the SPARQL protocols.

SPARQLWrapper does not serve here: it follows redirects with the credentials of the first host, installs a digest handler for
the whole process, and knows no graph store protocol.
"""

from __future__ import annotations

import base64
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPMessage, HTTPResponse, HTTPSConnection
from typing import IO
from urllib.parse import urlsplit

from coopgraph.errors import StoreError, Text, UsageError, system_text
from coopgraph.store.credentials import Credentials

AGENT = "coopgraph (+https://w3id.org/coopgraph/)"
LARGEST = 256 * 1024 * 1024
"""How many bytes of an answer are taken into memory."""
_GREETING = 10.0
"""How many seconds a server may take to agree on encryption."""
_PATIENCE = 10
"""How many times the allowed silence a whole answer may take."""


class Refused(StoreError):
    """The server answered with an error. `code` is its status, `said` the first line of what it said."""

    def __init__(self, url: str, code: int, reason: str, said: str) -> None:
        self.code, self.said = code, said
        more = f": {said.rstrip('.')}" if said else ""
        en, sv = f"{url} answered {code} {reason}{more}.", f"{url} svarade {code} {reason}{more}."
        if code in (404, 405, 410):
            en += " Is the path of the address right? docs/servers.md has those of several servers."
            sv += " Stämmer sökvägen i adressen? I docs/servers.md står den för flera servrar."
        super().__init__(en, sv)


class Door:
    """Sends requests to one server, with credentials when it asks for them. `timeout` is how many seconds it may be silent."""

    def __init__(self, credentials: Credentials | None, *, timeout: float) -> None:
        self.timeout, self._known = timeout, credentials
        self._opener = urllib.request.build_opener(
            _NoRedirect, _Encrypted, *([_Authentication(credentials)] if credentials else [])
        )
        self._opener.addheaders = []

    @contextmanager
    def send(
        self, url: str, body: bytes, *, kind: str, accept: str = "*/*", method: str = "POST"
    ) -> Iterator[HTTPResponse]:
        """The answer, open to be read. Raises Refused for an answer that is an error, StoreError when there is none."""
        checked(url)
        headers = {"User-Agent": AGENT, "Accept": accept, "Content-Type": kind}
        request = _Request(url, body, headers, method=method)
        with broken_off(url), self._answer(request) as response:
            yield response

    def _answer(self, request: urllib.request.Request) -> HTTPResponse:
        try:
            answer: HTTPResponse = self._opener.open(request, timeout=self.timeout)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error) from error
        return answer

    def _refused(self, error: urllib.error.HTTPError) -> StoreError:
        url = error.url
        if error.code in (301, 302, 303, 307, 308):
            target = printable(error.headers.get("Location", "?"))
            return StoreError(
                f"{url} has moved to {target}. We don't follow, for credentials go to no other address than the one given: give that one.",
                f"{url} har flyttat till {target}. Vi följer inte med, för inloggningsuppgifter skickas bara till den adress som angetts: ange den nya.",
            )
        if error.code in (401, 403):
            if self._known:
                return StoreError(
                    f"{url} does not let {self._known.user} in ({error.code}). Are the password and the rights right?",
                    f"{url} släpper inte in {self._known.user} ({error.code}). Stämmer lösenordet och rättigheterna?",
                )
            return StoreError(
                f"{url} wants to know who we are ({error.code}). Set COOPGRAPH_STORE_USER and COOPGRAPH_STORE_PASSWORD, or write it in ~/.netrc (docs/servers.md).",
                f"{url} vill veta vilka vi är ({error.code}). Sätt COOPGRAPH_STORE_USER och COOPGRAPH_STORE_PASSWORD, eller skriv det i ~/.netrc (docs/servers.md).",
            )
        try:
            said = error.read(20_000).decode("utf-8", "replace")
        except (OSError, HTTPException):
            said = ""
        # a page that says no more than the status is left out
        lines = [
            line.strip() for line in said.splitlines() if line.strip() and not said.lstrip().startswith("<")
        ]
        return Refused(url, error.code, printable(str(error.reason)), printable(lines[0]) if lines else "")

    def read(
        self, url: str, body: bytes, *, kind: str, accept: str = "*/*", method: str = "POST"
    ) -> tuple[bytes, HTTPMessage]:
        """The body of the answer and its headers. Raises StoreError also for an answer that is too large or never ends."""
        until = time.monotonic() + _PATIENCE * self.timeout
        parts, size = [], 0
        with self.send(url, body, kind=kind, accept=accept, method=method) as response:
            if (response.length or 0) > LARGEST:
                raise too_large(url)
            while part := response.read1(1 << 20):
                parts.append(part)
                size += len(part)
                if size > LARGEST:
                    raise too_large(url)
                if time.monotonic() > until:
                    raise TimeoutError("timed out")
            if response.length:  # fewer bytes than it promised
                raise HTTPException
            return b"".join(parts), response.headers


def checked(url: str) -> str:
    """The address. Raises UsageError when it is no web address or has a password in it."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not (parts.path + parts.query).isascii() or re.search(r'[\x00-\x20<>"]', url):
        shown = re.sub(r"//.*@", "//", url)  # without a password, whatever else is wrong
        raise UsageError(
            f"'{shown}' is not the address of an endpoint. It begins with http:// or https://.",
            f"'{shown}' är ingen adress till en SPARQL-tjänst. Den ska börja med http:// eller https://.",
        )
    if parts.username is not None or parts.password is not None:
        shown = url.replace(parts.netloc, parts.netloc.rpartition("@")[2], 1)
        raise UsageError(
            f"An address has no user and password in it, for addresses are shown and logged. Write {shown}, and set "
            "COOPGRAPH_STORE_USER and COOPGRAPH_STORE_PASSWORD or ~/.netrc (docs/servers.md).",
            f"En adress har inte användare och lösenord i sig, för adresser visas och loggas. Skriv {shown}, och sätt "
            "COOPGRAPH_STORE_USER och COOPGRAPH_STORE_PASSWORD eller ~/.netrc (docs/servers.md).",
        )
    return url


def proxy_of(url: str) -> str | None:
    """The proxy that the environment (`http_proxy`, `https_proxy`, `no_proxy`) names for an address."""
    parts = urlsplit(url)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if not proxy or urllib.request.proxy_bypass(parts.netloc):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def by_way(url: str) -> Text:
    """By which proxy we go to an address, if by any, without the password that may be in it."""
    proxy = proxy_of(url)
    if proxy is None:
        return Text("", "")
    host = printable(proxy.rpartition("@")[2].rpartition("//")[2].rstrip("/"))
    return Text(
        f" by way of the proxy {host}, which the environment names",
        f" genom proxyservern {host}, som miljön anger",
    )


def printable(said: str) -> str:
    """What a server said, short, and with nothing in it that moves the cursor of a terminal."""
    return "".join(one if one.isprintable() else " " for one in said[:300])


def too_large(url: str) -> StoreError:
    """The error for an answer of more bytes than are taken."""
    size = LARGEST // (1024 * 1024)
    return StoreError(
        f"{url} gave an answer of more than {size} MB, which is not taken. Ask for less: LIMIT.",
        f"{url} gav ett svar på mer än {size} MB, och det tas inte emot. Fråga efter mindre: LIMIT.",
    )


def unencrypted(url: str, error: ssl.SSLError) -> StoreError:
    """The error for a server that no encryption was agreed on with."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return StoreError(
            f"{url} shows a certificate that is not trusted: {error.verify_message}. Ask its keeper to renew it; "
            "if it is of your own authority, name that in SSL_CERT_FILE.",
            f"{url} visar ett certifikat som inte är betrott: {error.verify_message}. Be den som sköter servern att förnya det; "
            "om det är utfärdat av er egen utfärdare, ange den i SSL_CERT_FILE.",
        )
    return StoreError(
        f"{url} does not speak https there. Is it the right port, or should the address begin with http://?",
        f"{url} talar inte https där. Är det rätt port, eller ska adressen börja med http://?",
    )


@contextmanager
def broken_off(url: str) -> Iterator[None]:
    """Tell in words what goes wrong on the way to and from the server."""
    try:
        yield
    except HTTPException as error:
        raise StoreError(
            f"{url} broke off in the middle of its answer.", f"{url} bröt av mitt i sitt svar."
        ) from error
    except OSError as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLError):
            raise unencrypted(url, reason) from error
        told, way = system_text(reason if isinstance(reason, Exception) else error), by_way(url)
        raise StoreError(
            f"{url} does not answer{way.en}: {told.en}. Is the address right and the server up?",
            f"{url} svarar inte{way.sv}: {told.sv}. Är adressen rätt, och är servern igång?",
        ) from error


class _Connection(HTTPSConnection):
    """Does not wait for long for a server to greet: one that speaks no https may say nothing at all."""

    def connect(self) -> None:
        silence, self.timeout = self.timeout, min(_GREETING, self.timeout or _GREETING)
        try:
            super().connect()
        except TimeoutError as error:
            if self.sock is None:  # nobody is there
                raise
            raise ssl.SSLError("no greeting") from error
        self.sock.settimeout(silence)


class _Encrypted(urllib.request.HTTPSHandler):
    """Opens connections of that kind."""

    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(_Connection, req)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect to be told as an error."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        return None


class _OnePassword(urllib.request.HTTPPasswordMgr):
    """The same credentials whatever the realm: a door leads to one server, and follows no redirect."""

    def __init__(self, known: Credentials) -> None:
        super().__init__()
        self._known = known

    def find_user_password(self, realm: str | None, authuri: str) -> tuple[str, str]:
        return self._known.user, self._known.password


class _Request(urllib.request.Request):
    """A request that counts how often the server asked who we are."""

    challenged = 0


class _Authentication(urllib.request.HTTPDigestAuthHandler):
    """Answers a server that asks who we are, by digest or basic as it wants, and from then on tells it at once."""

    def __init__(self, known: Credentials) -> None:
        super().__init__(_OnePassword(known))
        self._known, self._basic = known, False
        self._challenge: dict[str, str] | None = None

    def http_request(self, req: urllib.request.Request) -> urllib.request.Request:
        if not req.has_header("Authorization"):
            self._tell(req)
        return req

    https_request = http_request

    def _tell(self, req: urllib.request.Request) -> bool:
        """Put into the request who we are, in the way that the server asked for last; false where that can't be."""
        said: str | None = None
        if self._challenge is not None:
            with suppress(ValueError, urllib.error.URLError):  # a kind of digest that nobody here knows
                found = self.get_authorization(req, self._challenge) or ""
                found.encode("latin-1")  # what a header can hold
                said = f"Digest {found}" if found else None
        elif self._basic:
            plain = f"{self._known.user}:{self._known.password}".encode()
            said = f"Basic {base64.b64encode(plain).decode()}"
        if said:
            req.add_unredirected_header("Authorization", said)
        return said is not None

    def http_error_401(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage
    ) -> HTTPResponse | None:
        assert isinstance(req, _Request)
        req.challenged += 1
        digest = self._challenge
        asked = [one.partition(" ") for one in headers.get_all("WWW-Authenticate") or []]
        self._challenge, self._basic = None, False
        for scheme, _, rest in asked:
            if scheme.lower() == "digest":
                self._challenge = urllib.request.parse_keqv_list(urllib.request.parse_http_list(rest))
            self._basic = self._basic or scheme.lower() == "basic"
        # once more after a refusal only where what we told at once may have been out of date
        if req.challenged > (3 if digest else 1) or not self._tell(req):
            return None
        fp.close()
        answer: HTTPResponse = self.parent.open(req, timeout=req.timeout)
        return answer
