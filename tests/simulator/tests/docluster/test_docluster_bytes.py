# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The responses that were observed at the newest server, byte for byte."""

from __future__ import annotations

import re

import pytest

from .talk import ELSEWHERE, FORM, Raw, Talk

HTML = "text/html; charset=utf-8"
SUCCESS = b'{\n "msg": {},\n "status": "success",\n "error": ""\n}'
WRONG_TOKEN = b'{\n "msg": {},\n "status": "error",\n "error": "wrong token"\n}'
ACCESS_DENIED = b'{\n "msg": {},\n "status": "error",\n "error": "access denied"\n}'
NO_CLUSTER = b'{\n "msg": {},\n "status": "error",\n "error": "cluster not created"\n}'
WRONG_PATH = b'{\n "msg": {},\n "status": "error",\n "error": "wrong api path"\n}'
NOT_MASTER = b'{\n "msg": {\n  "master": ""\n },\n "status": "error",\n "error": "not manager master node"\n}'
QUORUM = b"""{
 "msg": {
  "status": "OK",
  "errors": [],
  "master": "vm",
  "nodes": [
   {
    "node": "vm",
    "status": "success",
    "error": "",
    "config_version": 0,
    "modules_data_version": 0,
    "errors": []
   }
  ]
 },
 "status": "success",
 "error": ""
}"""


def check(raw: Raw, body: bytes, length: int) -> None:
    """An application answer: status 200, no more headers than the server's four, in its order."""
    assert raw.body == body
    assert len(body) == length
    assert raw.line == "HTTP/1.1 200 OK"
    assert list(raw.headers) == ["Server", "Date", "Content-Type", "Content-Length"]
    assert raw.headers["Content-Type"] == HTML
    assert raw.headers["Content-Length"] == str(length)


@pytest.mark.parametrize("path", ["/api/login", "/api/login/", "/api/login//", "//api/login"])
def test_login(head: Talk, path: str) -> None:
    raw = head.form(path, username=head.username, password=head.password)
    token = re.search(rb'"([A-Z]{60})"', raw.body)
    assert token
    expected = b'{\n "msg": {\n  "access_token": "%s"\n },\n "status": "success",\n "error": ""\n}' % token[1]
    check(raw, expected, 133)


@pytest.mark.parametrize(
    ("username", "password"), [("admin", "wrong"), ("nobody", "x"), ("", ""), ("admin", ""), ("Admin", "wrong")]
)
def test_access_denied(head: Talk, username: str, password: str) -> None:
    check(head.form("/api/login", username=username, password=password), ACCESS_DENIED, 61)


@pytest.mark.parametrize("fields", [{}, {"username": "admin"}, {"password": "x"}, {"access_token": "NOPE"}])
def test_login_without_what_it_takes(head: Talk, fields: dict[str, str]) -> None:
    check(head.form("/api/login", **fields), WRONG_TOKEN, 59)


def test_login_with_an_empty_token(head: Talk) -> None:
    check(head.form("/api/login", access_token=""), WRONG_TOKEN, 59)


def test_only_a_posted_form_counts(head: Talk) -> None:
    good = f"username={head.username}&password={head.password}"
    document = f'{{"username": "{head.username}", "password": "{head.password}"}}'.encode()
    check(head.raw("POST", "/api/login", document, {"Content-Type": "application/json"}), WRONG_TOKEN, 59)
    check(head.raw("POST", f"/api/login?{good}"), WRONG_TOKEN, 59)
    check(head.raw("GET", f"/api/login?{good}"), WRONG_TOKEN, 59)
    check(head.raw("GET", "/api/login", good.encode(), {"Content-Type": FORM}), WRONG_TOKEN, 59)
    check(head.raw("POST", "/api/login", good.encode(), {"Content-Type": "text/plain"}), WRONG_TOKEN, 59)
    check(head.raw("POST", "/api/login", good.encode()), WRONG_TOKEN, 59)


def test_living_token_at_login(head: Talk) -> None:
    token = head.login()
    check(head.form("/api/login/", access_token=token), WRONG_PATH, 62)
    head.control("PATCH", "/settings", {"cluster": "electing"})
    check(head.form("/api/login/", access_token=token), NOT_MASTER, 88)
    head.control("PATCH", "/settings", {"cluster": "none"})
    check(head.form("/api/login/", access_token=token), NO_CLUSTER, 67)


def test_logout(head: Talk) -> None:
    token = head.login()
    elsewhere = head.send("POST", "/api/logout", ELSEWHERE, data={"access_token": token})
    assert elsewhere.content == WRONG_TOKEN
    check(head.form("/api/logout", access_token=token), SUCCESS, 50)
    check(head.form("/api/logout", access_token=token), WRONG_TOKEN, 59)
    check(head.form("/api/logout", access_token="NOPE"), WRONG_TOKEN, 59)
    check(head.form("/api/logout"), WRONG_TOKEN, 59)


def test_quorum_status(head: Talk) -> None:
    check(head.form("/api/quorum/status", access_token=head.login()), QUORUM, len(QUORUM))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/login"])
def test_other_methods(each: Talk, method: str, path: str) -> None:
    raw = each.raw(method, path)
    assert raw.line == "HTTP/1.1 405 METHOD NOT ALLOWED"
    assert raw.headers["Content-Type"] == HTML
    assert raw.headers["Allow"] == "GET, POST, OPTIONS, HEAD"
    assert len(raw.body) == 178
    assert raw.body.startswith(b"<!DOCTYPE HTML")


@pytest.mark.parametrize("path", ["/", "/login", "/API/login", "/apix", "/x//y", "/console", "/mng/"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_outside_of_the_api(each: Talk, method: str, path: str) -> None:
    raw = each.raw(method, path)
    assert raw.line == "HTTP/1.1 404 NOT FOUND"
    assert raw.headers["Content-Type"] == HTML
    assert len(raw.body) == 232
    assert b"<h1>Not Found</h1>" in raw.body


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/api", "/api/"),
        ("/api?a=1&b=<", "/api/?a=1&b=<"),
        ("/api//", "/api/"),
        ("/api//login", "/api/login"),
        ("/api///login?x=%20", "/api/login?x=%20"),
        ("/api//login//x", "/api/login//x"),
        ("/api/%2Flogin", "/api/login"),
        ("/api//a%20%C3%A9", "/api/a%20%C3%A9"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_redirects(each: Talk, method: str, path: str, target: str) -> None:
    raw = each.raw(method, path)
    assert raw.line == "HTTP/1.1 308 PERMANENT REDIRECT"
    assert raw.headers["Content-Type"] == HTML
    assert raw.headers["Location"] == f"http://127.0.0.1:{each.port}{target}"
    assert b"<title>Redirecting...</title>" in raw.body


def test_a_redirect_goes_to_the_host_that_was_asked(head: Talk) -> None:
    raw = head.raw("GET", "/api", headers={"Host": "cluster.example:99"})
    assert raw.headers["Location"] == "http://cluster.example:99/api/"
    assert len(raw.body) == 266


def test_methods_that_come_for_free(head: Talk) -> None:
    options = head.raw("OPTIONS", "/api/login")
    assert (options.line, options.body) == ("HTTP/1.1 200 OK", b"")
    assert options.headers["Allow"] == "GET, POST, OPTIONS, HEAD"
    asked = head.raw("HEAD", "/api/login")
    assert (asked.line, asked.headers["Content-Length"], asked.body) == ("HTTP/1.1 200 OK", "59", b"")


def test_a_connection_serves_many_requests(head: Talk) -> None:
    with head.connection() as connection:
        for _unused in range(3):
            check(head.exchange(connection, "POST", "/api/logout"), WRONG_TOKEN, 59)
