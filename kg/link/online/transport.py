"""One request over HTTP: what comes back as a whole and in time, or what went wrong and whether to try again.

Nothing is followed to another host, and no message names the address that was asked, for a key may stand in it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, InvalidHeader, LocationValueError, SSLError

from kg import __version__
from kg.link.online.service import KeyPlace, Request

MOST_BYTES: Final = 64 << 20  # of an answer, unpacked
SECONDS: Final = 120.0  # for an answer as a whole
_CONNECT, _READ = 10.0, 60.0
_REDIRECTS: Final = 3
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_PIECE: Final = 1 << 16


class Failure(Exception):
    """No answer. ``again``: worth another try, after ``wait`` seconds where the service says so.

    ``status`` is None where there was no reply; ``stop``: no other request would fare better.
    """

    def __init__(
        self,
        reason: str,
        *,
        again: bool = False,
        wait: float | None = None,
        status: int | None = None,
        stop: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason, self.again, self.wait, self.status, self.stop = reason, again, wait, status, stop


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``headers`` are in small letters."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The body as JSON; Failure where it is none."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip() or "an unknown type"
        if "html" in kind:
            raise Failure("a page for people (HTML) instead of data", status=self.status)
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise Failure(f"{len(self.body):,} bytes of {kind} that are no JSON", status=self.status) from None


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: an address for a service to write to, and a key, which nothing shows."""

    contact: str
    key: str | None = field(default=None, repr=False)


class Transport:
    """Connections that are kept from one request to the next."""

    def __init__(self, most_bytes: int = MOST_BYTES, seconds: float = SECONDS, read: float = _READ) -> None:
        self._most, self._seconds = most_bytes, seconds
        self._timeout = urllib3.Timeout(connect=_CONNECT, read=read)
        self._pools: dict[str | None, urllib3.PoolManager] = {}

    def ask(
        self,
        address: str,
        request: Request,
        person: Person,
        place: KeyPlace | None = None,
        mailto: bool = False,
        accept: Sequence[int] = (200,),
    ) -> Answer:
        """The answer to a request; raises Failure. ``accept``: statuses that are answers."""
        headers = {
            "User-Agent": f"papertriples/{__version__} (https://w3id.org/papertriples; mailto:{person.contact})",
            "Accept": request.accept,
            "Accept-Encoding": "gzip",
        }
        more = [("mailto", person.contact)] if mailto else []
        if place is not None and person.key is not None:
            if place.param:
                more.append((place.param, person.key))
            if place.header:
                headers[place.header] = place.prefix + person.key
        body: bytes | None = None
        if request.form:
            body, headers["Content-Type"] = _form(request.form), "application/x-www-form-urlencoded"
        elif request.json is not None:
            body, headers["Content-Type"] = request.json.encode("utf-8"), "application/json"
        answer = self._followed(request.method, request.url(address, more), headers, body)
        if answer.status not in accept:
            raise _refused(answer)
        if person.key and person.key.encode() in answer.body:
            answer = Answer(answer.status, answer.body.replace(person.key.encode(), b"***"), answer.headers)
        return answer

    def close(self) -> None:
        for pool in self._pools.values():
            pool.clear()

    def _followed(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        here = urlsplit(url)
        for _ in range(_REDIRECTS + 1):
            answer = self._once(method, url, headers, body)
            target = answer.headers.get("location")
            if answer.status not in (301, 302, 303, 307, 308) or not target:
                return answer
            url = urljoin(url, target)
            there = urlsplit(url)
            if (there.scheme, there.netloc) != (here.scheme, here.netloc):
                raise Failure(
                    f"sent on to another host ({there.scheme}://{there.hostname}), which is not asked",
                    status=answer.status,
                    stop=True,
                )
            if method == "POST" and answer.status not in (307, 308):
                raise Failure("sent on by a redirect that drops what was asked", status=answer.status, stop=True)
        raise Failure("sent on and on", status=answer.status, stop=True)

    def _once(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        until = time.monotonic() + self._seconds
        try:
            response = self._pool(url).request(
                method,
                url,
                body=body,
                headers=headers,
                retries=False,
                redirect=False,
                timeout=self._timeout,
                preload_content=False,
            )
        except SSLError:
            raise Failure("the connection is not safe: its certificate does not hold", stop=True) from None
        except LocationValueError:
            raise Failure("the address is none", stop=True) from None
        except HTTPError as error:
            raise Failure(f"no connection ({type(error).__name__})", again=True) from None
        try:
            whole = bytearray()
            while piece := response.read1(_PIECE, decode_content=True):  # does not wait for a whole piece
                whole += piece
                if len(whole) > self._most:
                    raise Failure(f"more than {self._most:,} bytes", status=response.status)
                if time.monotonic() > until:
                    raise Failure(f"not whole after {self._seconds:g} s", again=True, status=response.status)
        except HTTPError as error:
            response.close()
            raise Failure(f"broken off ({type(error).__name__})", again=True, status=response.status) from None
        except Failure:
            response.close()
            raise
        response.release_conn()
        return Answer(response.status, bytes(whole), {name.lower(): value for name, value in response.headers.items()})

    def _pool(self, url: str) -> urllib3.PoolManager:
        """The connections for an address, by the proxy that the environment names for it."""
        parts = urlsplit(url)
        proxies = getproxies()
        proxy = proxies.get(parts.scheme) or proxies.get("all")
        if proxy is not None and proxy_bypass(parts.netloc):
            proxy = None
        if proxy not in self._pools:
            self._pools[proxy] = urllib3.ProxyManager(proxy) if proxy else urllib3.PoolManager()
        return self._pools[proxy]


def _form(fields: Sequence[tuple[str, str]]) -> bytes:
    return urlencode(fields).encode("ascii")


def _refused(answer: Answer) -> Failure:
    """What a status that is no answer means."""
    wait = _wait_of(answer.headers.get("retry-after"))
    again = answer.status in _AGAIN or (wait is not None and answer.status == 403)
    return Failure(f"status {answer.status}", again=again, wait=wait, status=answer.status)


def _wait_of(said: str | None) -> float | None:
    """The seconds of a Retry-After, a number or a date (RFC 9110, 10.2.3); None where it is neither."""
    if said is None:
        return None
    try:
        return float(urllib3.Retry(retry_after_max=7 * 86_400).parse_retry_after(said))
    except InvalidHeader:
        return None
