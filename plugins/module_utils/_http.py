# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The network. Nothing else in this collection sends a byte.

One session of kept-alive connections for a run. What may be repeated without asking is repeated here; what came back
in the end, good or bad, is an :class:`Answer` for the API client to judge. Only what is no answer at all is raised.

The rules for repeating, with their source:

* 429, and 503 for a request that may be repeated, honour ``Retry-After`` (seconds or a date, RFC 9110 section 10.2.3)
  with one pause that all threads of the session share.
* Any other 50x is tried twice more, 1 to 2 s apart, as the vendor asks for (Acronis, "HTTP status response codes").
* A connection that could not be made sent nothing, so any request may try again.
"""

from __future__ import annotations

import dataclasses
import math
import os
import random
import ssl
import threading
import time
import traceback
import typing as t
import warnings
from urllib.parse import urlsplit

from ._answer import Answer, retry_after
from ._errors import AccessError, LostError, MalformedError, OptionError, TlsError, UnreachableError
from ._redact import Redactor
from ._text import quoted

try:
    import requests
    import requests.adapters
    import requests.utils
    import urllib3
except ImportError:
    HAS_REQUESTS = False
    REQUESTS_IMPORT_ERROR: str | None = traceback.format_exc()
else:
    HAS_REQUESTS = True
    REQUESTS_IMPORT_ERROR = None

    #: What requests and urllib3 raise before they have sent anything, because what they were given makes no request.
    _UNUSABLE: tuple[type[Exception], ...] = (
        requests.exceptions.InvalidURL,
        requests.exceptions.InvalidHeader,
        requests.exceptions.InvalidProxyURL,
        requests.exceptions.InvalidSchema,
        requests.exceptions.MissingSchema,
        urllib3.exceptions.LocationValueError,
        UnicodeError,
    )

    class _OnceAdapter(requests.adapters.HTTPAdapter):
        """Loads the certificate store once, and looks the connections to a server up once.

        requests would load the store for each connection, and find the pool anew for each request.
        """

        def __init__(self, context: ssl.SSLContext, connections: int) -> None:
            self._context = context
            self._pools: dict[str, t.Any] = {}
            super().__init__(pool_connections=2, pool_maxsize=connections, max_retries=0)

        def init_poolmanager(self, *args: t.Any, **kwargs: t.Any) -> None:
            super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

        def proxy_manager_for(self, proxy: str, **kwargs: t.Any) -> t.Any:
            return super().proxy_manager_for(proxy, **kwargs, ssl_context=self._context)

        def get_connection_with_tls_context(self, request: t.Any, *args: t.Any, **kwargs: t.Any) -> t.Any:
            server = _server_of(request.url)
            pool = self._pools.get(server)
            if pool is None:
                pool = self._pools[server] = super().get_connection_with_tls_context(request, *args, **kwargs)
            return pool

        def cert_verify(self, conn: t.Any, _url: str, verify: t.Any, _cert: t.Any) -> None:
            conn.cert_reqs = "CERT_REQUIRED" if verify else "CERT_NONE"


def _server_of(url: str) -> str:
    """Scheme, host and port of a URL: all up to the third slash."""
    return "/".join(url.split("/", 3)[:3])


T = t.TypeVar("T")

_USER_AGENT = "ansible-tenantops.access"
#: Headers of every request.
_HEADERS = {"Accept-Encoding": "gzip, deflate", "Accept": "*/*", "Connection": "keep-alive", "User-Agent": _USER_AGENT}


@dataclasses.dataclass(frozen=True)
class HttpSettings:
    """How to reach a server.

    Attributes:
        validate_certs: verify the server's certificate and host name.
        ca_path: a PEM file or a directory of certificates to trust instead of the usual ones.
        proxy: URL of a proxy; ``None`` takes the usual environment variables.
        timeout: seconds to wait for a connection, and for each piece of an answer.
        retries: tries after the first, for 50x and lost connections.
        retry_max_wait: seconds that ``Retry-After`` may make one request wait in all.
        concurrency: connections kept open at once.
        rest: seconds to wait at least before another try, and at most twice that unless the server asks for more. The
            vendor asks for 1 to 2.
    """

    validate_certs: bool = True
    ca_path: str | None = None
    proxy: str | None = None
    timeout: int = 30
    retries: int = 2
    retry_max_wait: int = 300
    concurrency: int = 16
    rest: float = 1.0


def is_proxy(url: str) -> bool:
    """Whether ``url`` is one of a proxy that can be used; a password must not break it into other parts."""
    if "://" not in url and "@" in url:
        return False
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        return usable and "@" not in parts.path + parts.query + parts.fragment
    except ValueError:
        return False


class Clock:
    """How a session waits. A test has one of its own, and waits no real time."""

    def now(self) -> float:
        """Seconds since some moment, which may be this one: a machine that has just booted counts from about zero."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class _Pause:
    """One pause for all threads: a server that says "later" means everybody."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._until = -math.inf

    def extend(self, seconds: float) -> None:
        with self._lock:
            self._until = max(self._until, self._clock.now() + seconds)

    def wait(self) -> None:
        while (left := self._until - self._clock.now()) > 0:
            self._clock.sleep(left)


class _Tries:
    """How often a request may still be sent again, and how long it may still be made to wait."""

    def __init__(self, settings: HttpSettings) -> None:
        self._left = settings.retries
        self._seconds = float(settings.retry_max_wait)

    def take(self, asked: float = 0.0) -> bool:
        """Whether there is another try, before which a server asks to wait; it is used up then."""
        if self._left < 1 or not self.wait(asked):
            return False
        self._left -= 1
        return True

    def wait(self, asked: float) -> bool:
        """Whether a server may make the request wait for so many seconds; they are used up then."""
        if asked > self._seconds:
            return False
        self._seconds -= asked
        return True


#: What OpenSSL says, over its versions, when the other side does not speak TLS or refuses the handshake.
_NO_TLS_SERVER = ("wrong version number", "wrong_version_number", "record layer failure", "handshake")


def _causes(error: BaseException) -> t.Iterator[BaseException]:
    seen: list[BaseException] = []
    pending: list[t.Any] = [error]
    while pending:
        cause = pending.pop()
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            yield cause
            pending += [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]


class Http:
    """A session with one server, usable from many threads.

    Args:
        settings: how to reach it.
        redactor: is told the passwords of proxies, and masks what answers are quoted with.
        keep_cookies: whether the server's cookies are sent back, for sessions that live in one.
        clock: how it waits.

    Raises:
        OptionError: ``ca_path`` or ``proxy`` cannot be used.
    """

    def __init__(
        self, settings: HttpSettings, redactor: Redactor, *, keep_cookies: bool = False, clock: Clock | None = None
    ) -> None:
        self.settings = settings
        self._redactor = redactor
        self._clock = clock or Clock()
        self._pause = _Pause(self._clock)
        # An adapter and not a session, which would do for each request what is not wanted here: follow redirects, take
        # a .netrc entry instead of the Authorization header, and REQUESTS_CA_BUNDLE instead of ca_path.
        self._adapter = _OnceAdapter(self._tls_context(), settings.concurrency)
        self._cookies = requests.cookies.RequestsCookieJar() if keep_cookies else None
        if not settings.validate_certs:
            warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
        self._proxies: dict[str, dict[str, str]] = {}
        redactor.add_url(settings.proxy)

    def _tls_context(self) -> ssl.SSLContext:
        context = urllib3.util.ssl_.create_urllib3_context()
        if not self.settings.validate_certs:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            return context
        context.verify_mode = ssl.CERT_REQUIRED
        path = self.settings.ca_path
        if path is None:
            context.load_verify_locations(requests.utils.DEFAULT_CA_BUNDLE_PATH)
            return context
        try:
            if os.path.isdir(path):
                context.load_verify_locations(capath=path)
            else:
                context.load_verify_locations(cafile=path)
        except (OSError, ssl.SSLError) as error:
            raise OptionError(
                f"ca_path {quoted(path, whole=True)} has no readable certificates ({error.strerror or error})",
                "Name a PEM file, or a directory prepared by 'openssl rehash'.",
            ) from error
        return context

    def _proxies_for(self, url: str) -> dict[str, str]:
        server = _server_of(url)
        if server not in self._proxies:
            if self.settings.proxy:
                chosen = {"http": self.settings.proxy, "https": self.settings.proxy}
            else:
                chosen = dict(requests.utils.get_environ_proxies(url))
                for kind, proxy in chosen.items():
                    self._redactor.add_url(proxy)
                    if kind in (urlsplit(url).scheme, "all") and not is_proxy(proxy):
                        raise OptionError(
                            f"the proxy in the environment ({kind.upper()}_PROXY) is not an http or https URL",
                            "Correct the variable, name the host in NO_PROXY, or set proxy.",
                        )
            self._proxies[server] = chosen
        return self._proxies[server]

    def request(
        self,
        method: str,
        url: str,
        *,
        repeatable: bool,
        confidential: bool = False,
        params: t.Mapping[str, str] | None = None,
        headers: t.Mapping[str, str] | None = None,
        json_body: t.Any = None,
        form: t.Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request, repeat it where that is safe, and return the last answer, whatever its status.

        Args:
            method: HTTP method.
            url: absolute URL without a query.
            repeatable: whether a second request does no harm when the first one may have taken effect.
            confidential: whether the answer brings a secret.
            params: query parameters, not yet encoded.
            headers: request headers.
            json_body: sent as ``application/json``.
            form: sent as ``application/x-www-form-urlencoded``.

        Raises:
            UnreachableError: no connection could be made.
            TlsError: the certificate or the protocol was not accepted.
            LostError: the connection broke after the request was sent.
            MalformedError: the server redirects; redirects are not followed, they could carry secrets elsewhere.
        """
        name = f"{method} {url}"
        tries = _Tries(self.settings)
        while True:
            self._pause.wait()
            try:
                answer = self._send(method, url, name, confidential, params, headers, json_body, form)
            except (UnreachableError, LostError) as error:
                if not (repeatable or isinstance(error, UnreachableError)) or not tries.take():
                    raise
                self._rest()
                continue
            if not self._is_worth_repeating(answer, repeatable, tries):
                return answer

    def _is_worth_repeating(self, answer: Answer, repeatable: bool, tries: _Tries) -> bool:
        """Whether a request is sent again after an answer; if so, the time to wait before is over."""
        asked = retry_after(answer.headers) if answer.status in (429, 503) else None
        if asked is not None:
            asked = max(self.settings.rest, asked)
            if not tries.wait(asked):
                return False
            self._pause.extend(asked)
            return repeatable or answer.status == 429
        if not (answer.status == 429 or (repeatable and answer.status >= 500)) or not tries.take():
            return False
        self._rest()
        return True

    def settled(self, attempt: t.Callable[[], T], settle: t.Callable[[AccessError], T | None]) -> T:
        """Do something whose failure may not be one, and again where it is.

        Args:
            attempt: does it once.
            settle: is told why an attempt failed. It returns what the attempt was to return, if that can be had all the
                same, ``None`` if another attempt does no harm, and raises if there is none to be made.

        Raises:
            AccessError: of the last attempt, or from ``settle``.
        """
        tries = _Tries(self.settings)
        while True:
            try:
                return attempt()
            except AccessError as error:
                outcome = settle(error)
                if outcome is not None:
                    return outcome
                if not tries.take(error.retry_after):
                    raise
            self._rest()

    def _rest(self) -> None:
        """Wait between two tries; not always as long, so that many clients do not come back at once."""
        self._clock.sleep(random.uniform(1.0, 2.0) * self.settings.rest)

    def _send(
        self,
        method: str,
        url: str,
        name: str,
        confidential: bool,
        params: t.Mapping[str, str] | None,
        headers: t.Mapping[str, str] | None,
        json_body: t.Any,
        form: t.Mapping[str, str] | None,
    ) -> Answer:
        sent = time.time()
        try:
            prepared = requests.PreparedRequest()
            prepared.prepare_method(method)
            prepared.prepare_url(url, params)
            prepared.prepare_headers({**_HEADERS, **(headers or {})})
            if self._cookies is not None:
                prepared.prepare_cookies(self._cookies)
            prepared.prepare_body(form, None, json_body)
            response = self._adapter.send(
                prepared,
                timeout=self.settings.timeout,
                proxies=self._proxies_for(url),
                verify=self.settings.validate_certs,
            )
            content = response.content
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:
            raise self._failure(error, name) from None
        if self._cookies is not None:
            requests.cookies.extract_cookies_to_jar(self._cookies, prepared, response.raw)
        if 300 <= response.status_code < 400:
            target = quoted(self._redactor.mask(response.headers.get("Location", "")))
            raise MalformedError(
                f"{name} answered {response.status_code}, a redirect to {target}",
                "Redirects are not followed. Check the URL of the server.",
                status=response.status_code,
            )
        return Answer(name, response.status_code, response.headers, content, self._redactor.mask, confidential, sent)

    def _failure(self, error: Exception, name: str) -> AccessError:
        """What an exception of the transport means: sent or not, and what to do."""
        if isinstance(error, _UNUSABLE):
            return OptionError(
                f"{name} cannot be sent ({self._redactor.mask(str(error))})", "Check the URLs of server and proxy."
            )
        causes = list(_causes(error))
        # urllib3 blames the proxy too where a connection through it broke after the request was sent.
        originals = [getattr(cause, "original_error", None) for cause in causes]
        broken = [original for original in originals if isinstance(original, ConnectionError)]
        causes += broken
        innermost = next(
            (cause for cause in reversed(causes) if isinstance(cause, OSError) and cause.strerror), causes[-1]
        )
        reason = self._redactor.mask(getattr(innermost, "strerror", None) or str(innermost) or type(innermost).__name__)
        tls = " ".join(str(cause) for cause in causes if isinstance(cause, ssl.SSLError)).lower()
        if not broken and any(isinstance(cause, requests.exceptions.ProxyError) for cause in causes):
            return UnreachableError(
                f"the proxy did not pass on {name} ({reason})",
                "Check proxy, HTTPS_PROXY and NO_PROXY.",
            )
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
            return TlsError(
                f"the certificate of {urlsplit(name.split(' ', 1)[1]).netloc} is not trusted ({reason})",
                "For a private certificate authority, name its certificate in ca_path.",
            )
        if any(sign in tls for sign in _NO_TLS_SERVER):
            return TlsError(f"{name} found no TLS server ({reason})", "Check scheme and port of the URL.")
        unsent = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
        if any(isinstance(cause, unsent) for cause in causes):
            return UnreachableError(
                f"{name} found no server ({reason})", "Check the URL, name resolution, firewall and proxy."
            )
        if any(isinstance(cause, urllib3.exceptions.ReadTimeoutError) for cause in causes):
            return LostError(
                f"{name} got no answer within {self.settings.timeout} seconds", "Try again, or raise timeout."
            )
        return LostError(f"{name} lost the connection before the answer was complete ({reason})", "Try again.")
