# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which arguments the server sees."""

from __future__ import annotations

import json

import pytest

from ...process import Simulator
from .talk import FORM, Talk


def error(talk: Talk, body: bytes, content_type: str = FORM, path: str = "/api/login") -> str:
    """The error of the answer to a posted body, empty when it succeeds."""
    raw = talk.raw("POST", path, body, {"Content-Type": content_type})
    return str(json.loads(raw.body)["error"])


def test_of_repeated_fields_the_first_counts(head: Talk) -> None:
    password = head.password.encode()
    assert error(head, b"username=admin&password=%s&password=x&username=nobody" % password) == ""
    assert error(head, b"username=admin&password=x&password=%s" % password) == "access denied"


def test_names_are_case_sensitive(head: Talk) -> None:
    assert error(head, b"Username=admin&password=%s" % head.password.encode()) == "wrong token"
    assert error(head, b"username=admin&Password=%s" % head.password.encode()) == "wrong token"


def test_the_path_is_case_sensitive(head: Talk) -> None:
    good = b"username=admin&password=%s" % head.password.encode()
    assert error(head, good, path="/api/LOGIN") == "wrong token"
    assert error(head, good, path="/api/log%69n") == ""


def test_encoding(head: Talk) -> None:
    password = "".join(f"%{byte:02x}" for byte in head.password.encode()).encode()
    assert error(head, b"username=%61dmin&password=" + password) == ""
    assert error(head, b"username=admin;password=" + password) == "wrong token"
    assert error(head, b"username=admin%ZZ&password=%ff") == "access denied"
    assert error(head, b"username&password") == "access denied"


def test_the_type_of_the_body_is_read_generously(head: Talk) -> None:
    good = b"username=admin&password=%s" % head.password.encode()
    assert error(head, good, "Application/X-WWW-Form-URLencoded; charset=latin1") == ""


def test_a_chunked_form(head: Talk) -> None:
    good = b"username=admin&password=%s" % head.password.encode()
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(good), good)
    headers = {"Content-Type": FORM, "Transfer-Encoding": "chunked"}
    with head.connection() as connection:
        head_lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        connection.sendall(f"POST /api/login HTTP/1.1\r\nHost: x\r\n{head_lines}\r\n".encode() + body)
        assert b'"status": "success"' in connection.recv(65536)


@pytest.mark.parametrize(
    ("disposition", "end", "expected"),
    [
        ('form-data; name="password"', b"--B--\r\n", ""),
        ("form-data; name=password", b"--B--\r\n", ""),
        ('form-data; name="password"; filename="p.txt"', b"--B--\r\n", "wrong token"),
        ('form-data; name="password"', b"", "wrong token"),
    ],
)
def test_multipart(head: Talk, disposition: str, end: bytes, expected: str) -> None:
    body = (
        b'--B\r\nContent-Disposition: form-data; name="username"\r\n\r\nadmin\r\n'
        b"--B\r\nContent-Disposition: %s\r\n\r\n%s\r\n%s" % (disposition.encode(), head.password.encode(), end)
    )
    assert error(head, body, "multipart/form-data; boundary=B") == expected
    assert error(head, body, 'multipart/form-data; charset=utf-8; boundary="B"') == expected
    assert error(head, body, "multipart/form-data") == "wrong token"


def test_multipart_takes_the_first_too(head: Talk) -> None:
    parts = [("username", (None, "admin")), ("password", (None, head.password)), ("password", (None, "x"))]
    assert head.send("POST", "/api/login", files=parts).json()["status"] == "success"


def test_any_password_survives_the_form() -> None:
    password = "a+b c&d=e%41;ä€\"'<>/?#"
    with Simulator("docluster", arguments=["--username", "opé rator", f"--password={password}"]) as simulator:
        talk = Talk(simulator)
        token = talk.login()
        multipart = {"username": (None, "opé rator"), "password": (None, password)}
        assert talk.send("POST", "/api/login", files=multipart).json()["status"] == "success"
        assert list(talk.call("system/users/get", access_token=token)["msg"]) == ["opé rator"]
        talk.close()
