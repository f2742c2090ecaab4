# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which requests are repeated, how failures are told apart, what never leaves the machine: counted at the server."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    LostError,
    MalformedError,
    UnreachableError,
)
from ansible_collections.tenantops.access.plugins.module_utils._http import Clock, Http, HttpSettings
from ansible_collections.tenantops.access.plugins.module_utils._redact import Redactor
from ansible_collections.tenantops.access.tests.unit.support.answers import answered
from ansible_collections.tenantops.access.tests.unit.support.servers import Reply, Request, Respond, Serve, closed_port

OK = Reply(200, b'{"ok": true}')


class FastClock(Clock):
    """Waits no real time, and remembers what it was to wait.

    Args:
        now: where it begins; by default as on a machine that has just booted.
    """

    def __init__(self, now: float = 0.0) -> None:
        self._now = now
        self.waits: list[float] = []

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self._now += seconds


def session(clock: Clock | None = None, **settings: Any) -> Http:
    """A session that gives up at once unless told otherwise, and waits no real time."""
    usual: dict[str, Any] = {"retries": 0, "timeout": 20, "concurrency": 4, "validate_certs": False}
    return Http(HttpSettings(**{**usual, **settings}), Redactor(), clock=clock or FastClock())


def in_turn(*replies: Reply | None) -> Respond:
    """Each reply once, the last one for ever."""
    left = list(replies)
    return lambda _request: left.pop(0) if len(left) > 1 else left[0]


def limited(status: int, retry_after: str | None) -> Reply:
    return Reply(status, b"{}", {} if retry_after is None else {"Retry-After": retry_after})


class TestRepeating:
    """What is sent again, and how often."""

    @pytest.mark.parametrize("first", [Reply(500), limited(503, None), None])
    def test_a_failing_server_is_asked_again_after_a_rest(self, serve: Serve, first: Reply | None) -> None:
        server = serve(in_turn(first, OK))
        clock = FastClock()
        assert session(clock, retries=1).request("GET", server.url, repeatable=True).status == 200
        assert len(server.requests) == 2
        # The vendor asks for 1 to 2 seconds.
        (rest,) = clock.waits
        assert 1.0 <= rest <= 2.0

    def test_a_server_that_keeps_failing_is_asked_as_often_as_allowed(self, serve: Serve) -> None:
        server = serve(in_turn(Reply(500)))
        clock = FastClock()
        assert session(clock, retries=2).request("GET", server.url, repeatable=True).status == 500
        assert (len(server.requests), len(clock.waits)) == (3, 2)

    def test_a_rest_is_as_long_as_wanted(self) -> None:
        clock = FastClock()
        http = session(clock, rest=0.5, retries=100)
        attempts = iter([*[LostError("gone")] * 100, None])

        def attempt() -> bool:
            error = next(attempts)
            if error is not None:
                raise error
            return True

        assert http.settled(attempt, lambda _error: None)
        assert 0.5 <= min(clock.waits) < max(clock.waits) <= 1.0

    def test_the_clock_of_a_session_is_the_real_one(self, serve: Serve) -> None:
        server = serve(in_turn(Reply(500), Reply(200)))
        http = Http(HttpSettings(validate_certs=False, rest=0.05), Redactor())
        begun = time.monotonic()
        assert http.request("GET", server.url, repeatable=True).status == 200
        assert time.monotonic() - begun >= 0.05

    @pytest.mark.parametrize("first", [Reply(500), limited(503, None), limited(503, "1")])
    def test_what_may_have_had_an_effect_is_not_repeated(self, serve: Serve, first: Reply) -> None:
        server = serve(in_turn(first, OK))
        assert session(retries=2).request("PUT", server.url, repeatable=False).status == first.status
        assert len(server.requests) == 1

    @pytest.mark.parametrize("first", [None, Reply(200, b'{"half": ', missing=20)])
    def test_a_lost_answer_to_what_may_have_had_an_effect_is_an_error(self, serve: Serve, first: Reply | None) -> None:
        server = serve(in_turn(first, OK))
        with pytest.raises(LostError) as caught:
            session(retries=2).request("PUT", server.url, repeatable=False)
        assert not caught.value.definite
        assert len(server.requests) == 1

    @pytest.mark.parametrize("status", [200, 201, 204, 400, 401, 403, 404, 405, 409, 415])
    def test_a_definite_answer_is_not_asked_for_again(self, serve: Serve, status: int) -> None:
        server = serve(in_turn(Reply(status, b"")))
        assert session(retries=2).request("GET", server.url, repeatable=True).status == status
        assert len(server.requests) == 1

    # Of a machine that has just booted, and of one that runs for years.
    @pytest.mark.parametrize("now", [0.0, 1e9])
    @pytest.mark.parametrize("repeatable", [True, False])
    def test_too_many_requests_are_repeated_when_the_server_says(
        self, serve: Serve, repeatable: bool, now: float
    ) -> None:
        server = serve(in_turn(limited(429, "7"), OK))
        clock = FastClock(now)
        assert session(clock).request("PUT", server.url, repeatable=repeatable).status == 200
        assert (len(server.requests), clock.waits) == (2, [7.0])

    def test_a_date_is_honoured_as_well(self, serve: Serve) -> None:
        soon = {"Retry-After": "Fri, 20 Nov 2026 12:00:03 GMT", "Date": "Fri, 20 Nov 2026 12:00:00 GMT"}
        server = serve(in_turn(Reply(503, b"", soon), OK))
        clock = FastClock()
        assert session(clock).request("GET", server.url, repeatable=True).status == 200
        assert (len(server.requests), clock.waits) == (2, [3.0])

    @pytest.mark.parametrize("status", [429, 503])
    def test_a_longer_wait_than_allowed_is_not_begun(self, serve: Serve, status: int) -> None:
        server = serve(in_turn(limited(status, "11"), OK))
        assert session(retries=2, retry_max_wait=10).request("GET", server.url, repeatable=True).status == status
        assert len(server.requests) == 1

    @pytest.mark.parametrize("rest", [1.0, 0.25])
    def test_no_pause_is_shorter_than_a_rest(self, serve: Serve, rest: float) -> None:
        server = serve(in_turn(limited(429, "0"), OK))
        clock = FastClock()
        assert session(clock, rest=rest).request("GET", server.url, repeatable=True).status == 200
        assert clock.waits == [rest]

    def test_waits_add_up_to_what_is_allowed(self, serve: Serve) -> None:
        server = serve(in_turn(limited(429, "4")))
        clock = FastClock()
        assert session(clock, retry_max_wait=10).request("GET", server.url, repeatable=True).status == 429
        assert (len(server.requests), clock.waits) == (3, [4.0, 4.0])

    @pytest.mark.parametrize("status", [429, 503])
    @pytest.mark.parametrize("value", [None, "soon", "-1"])
    def test_without_a_time_it_counts_as_a_failure(self, serve: Serve, status: int, value: str | None) -> None:
        server = serve(in_turn(limited(status, value), OK))
        assert session().request("GET", server.url, repeatable=True).status == status
        assert len(server.requests) == 1

    def test_all_threads_wait_together(self, serve: Serve) -> None:
        server = serve(in_turn(limited(429, "60"), OK))
        paused, over = threading.Semaphore(0), threading.Event()

        class HeldClock(FastClock):
            """Holds whoever waits until the test says that the time is over."""

            def sleep(self, seconds: float) -> None:
                paused.release()
                assert over.wait(60)
                self._now = 60.0

        http = session(HeldClock())
        statuses: list[int] = []

        def ask() -> None:
            statuses.append(http.request("GET", server.url, repeatable=True).status)

        threads = [threading.Thread(target=ask) for _unused in range(5)]
        threads[0].start()
        assert paused.acquire(timeout=60)
        for thread in threads[1:]:
            thread.start()
        for _unused in threads[1:]:
            assert paused.acquire(timeout=60)
        # Everybody waits, and only the first one has asked.
        assert len(server.requests) == 1
        over.set()
        for thread in threads:
            thread.join(60)
        assert statuses == [200] * 5
        assert len(server.requests) == 6

    def test_no_server_is_tried_again_even_for_what_must_not_be_repeated(self) -> None:
        url = f"http://127.0.0.1:{closed_port()}/"
        clock = FastClock()
        with pytest.raises(UnreachableError) as caught:
            session(clock, retries=1).request("PUT", url, repeatable=False)
        assert caught.value.definite
        assert url in str(caught.value)
        assert len(clock.waits) == 1


class TestFailures:
    """What is told apart, and that nothing else escapes."""

    def test_no_answer_in_time_is_lost(self, serve: Serve) -> None:
        over = threading.Event()

        def respond(_request: Request) -> Reply:
            over.wait(20)
            return OK

        server = serve(respond)
        try:
            with pytest.raises(LostError, match="timeout"):
                session(timeout=1).request("GET", server.url, repeatable=True)
        finally:
            over.set()
        assert len(server.requests) == 1

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    @pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
    def test_a_redirect_is_followed_nowhere(self, serve: Serve, status: int, method: str) -> None:
        elsewhere = serve(in_turn(OK))
        server = serve(in_turn(Reply(status, b"", {"Location": f"{elsewhere.url}/login"})))
        with pytest.raises(MalformedError, match="redirect") as caught:
            session(retries=2).request(method, server.url, repeatable=True, headers={"Authorization": "Bearer x"})
        assert elsewhere.url in str(caught.value)
        assert (len(server.requests), len(elsewhere.requests)) == (1, 0)

    @pytest.mark.parametrize(
        "url",
        [
            "https://cloud..example.com/",
            f"https://{'a' * 70}.example.com/",
            "http://cl\0ud.example.com/",
            "http://127.0.0.1:99999/",
        ],
    )
    def test_what_cannot_be_sent_is_a_definite_failure_at_once(self, url: str) -> None:
        with pytest.raises(AccessError) as caught:
            session(retries=100).request("GET", url, repeatable=True)
        assert caught.value.definite

    @pytest.mark.parametrize("value", ["Bearer tok€n", "Bearer bad\ntoken"])
    def test_a_header_that_cannot_be_sent_is_a_definite_failure_at_once(self, serve: Serve, value: str) -> None:
        server = serve(in_turn(OK))
        with pytest.raises(AccessError) as caught:
            session(retries=100).request("GET", server.url, repeatable=True, headers={"Authorization": value})
        assert caught.value.definite
        assert server.requests == []

    def test_a_name_that_sounds_like_tls_is_no_tls_failure(self) -> None:
        with pytest.raises(UnreachableError):
            session(timeout=5).request("GET", "http://handshake.invalid/", repeatable=True)


class TestRequests:
    """What arrives at the server."""

    def test_parameters_headers_and_bodies(self, serve: Serve) -> None:
        server = serve(in_turn(OK))
        http = session()
        http.request("GET", server.url, repeatable=True, params={"a": "1+2 ü", "b": "x&y"}, headers={"X-Test": "yes"})
        http.request("PUT", server.url, repeatable=False, json_body={"enabled": True})
        http.request("POST", server.url, repeatable=False, form={"grant_type": "client_credentials", "s": "a&b="})
        get, put, post = server.requests
        assert get.target == "/?a=1%2B2+%C3%BC&b=x%26y"
        assert get.headers["X-Test"] == "yes"
        assert (put.headers["Content-Type"], put.body) == ("application/json", b'{"enabled": true}')
        assert post.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert post.body == b"grant_type=client_credentials&s=a%26b%3D"

    @pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer mine"}])
    def test_no_netrc_entry_is_used(
        self, serve: Serve, headers: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in (".netrc", "_netrc", "elsewhere"):
            (tmp_path / name).write_text("machine 127.0.0.1 login somebody password something\n", encoding="utf-8")
            (tmp_path / name).chmod(0o600)
        monkeypatch.setenv("NETRC", str(tmp_path / "elsewhere"))
        server = serve(in_turn(OK))
        session().request("GET", server.url, repeatable=True, headers=headers)
        assert server.requests[0].headers.get("Authorization") == headers.get("Authorization")

    def test_no_cookie_is_sent_back(self, serve: Serve) -> None:
        server = serve(in_turn(Reply(200, b"", {"Set-Cookie": "session=abc; Path=/"})))
        http = session()
        for _unused in range(2):
            http.request("GET", server.url, repeatable=True)
        assert [request.headers.get("Cookie") for request in server.requests] == [None, None]

    def test_connections_are_kept_and_not_more_than_needed(self, serve: Serve) -> None:
        server = serve(in_turn(OK))
        http = session(concurrency=3)

        def ask() -> None:
            for _unused in range(20):
                http.request("GET", server.url, repeatable=True)

        threads = [threading.Thread(target=ask) for _unused in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.requests) == 60
        assert server.connections <= 3


class TestAnswers:
    """Answer"""

    @pytest.mark.parametrize("body", [b'{"a": "\xc3\xbc"}', b'\xef\xbb\xbf{"a": "\xc3\xbc"}'])
    def test_json_is_decoded(self, body: bytes) -> None:
        assert answered(body).json() == {"a": "ü"}

    @pytest.mark.parametrize(
        "body, words",
        [
            (b"", "an empty body"),
            (b"Internal Server Error", 'the text "Internal Server Error"'),
            (b"<html><head><title>502 Bad Gateway</title></head></html>", 'an HTML page titled "502 Bad Gateway"'),
            (b"<!DOCTYPE html><p>no title", "an HTML page"),
            (b'{"half": ', "the text"),
            (b"\xff\xfe\xfa", "the text"),
            (b"[" * 100_000, "the text"),
            (b"1" * 10_000, "the text"),
        ],
    )
    def test_what_is_no_json_is_described(self, body: bytes, words: str) -> None:
        with pytest.raises(MalformedError) as caught:
            answered(body).json()
        assert words in str(caught.value)
        assert "GET https://host/path" in str(caught.value)
        assert len(str(caught.value)) < 400

    @given(body=st.binary(max_size=300))
    def test_no_body_breaks_it(self, body: bytes) -> None:
        try:
            answered(body).json()
        except MalformedError as error:
            assert str(error).isprintable()

    @given(start=st.integers(0, 200))
    def test_a_secret_that_the_length_limit_would_cut_is_masked_whole(self, start: int) -> None:
        secret = "K3y-8f2d91c07b6e45a3-Zq"
        shown = answered(b"x" * start + secret.encode() + b" trailing words", secrets=[secret]).summary()
        assert not any(secret[i : i + 6] in shown for i in range(len(secret) - 5))

    @pytest.mark.parametrize(
        "body", [b"the-new-token-0123456789", b'{"half": "the-new-token-0123456789', b"<title>the-new-token"]
    )
    def test_nothing_is_quoted_from_an_answer_that_brings_a_new_secret(self, body: bytes) -> None:
        with pytest.raises(MalformedError) as caught:
            answered(body, confidential=True).json()
        assert "the-new-token" not in str(caught.value)
