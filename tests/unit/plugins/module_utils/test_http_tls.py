# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates and proxies: who is trusted, who is asked, and what the environment may not change."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    LostError,
    OptionError,
    TlsError,
    UnreachableError,
)
from ansible_collections.tenantops.access.plugins.module_utils._http import Http, HttpSettings
from ansible_collections.tenantops.access.plugins.module_utils._redact import Redactor
from ansible_collections.tenantops.access.tests.unit.support.certificates import Authority
from ansible_collections.tenantops.access.tests.unit.support.servers import Reply, Request, Serve, closed_port

PASSWORD = "pa ss/w0rd:4711@x"
ENCODED = "pa%20ss%2Fw0rd%3A4711%40x"


def ok(_request: Request) -> Reply:
    return Reply(200, b"{}")


def session(**settings: Any) -> Http:
    usual: dict[str, Any] = {"retries": 0, "timeout": 20}
    return Http(HttpSettings(**{**usual, **settings}), Redactor())


class TestCertificates:
    """Whom a session trusts."""

    @pytest.mark.parametrize("form", ["file", "directory"])
    def test_a_private_authority_is_trusted_when_named(self, serve: Serve, authority: Authority, form: str) -> None:
        server = serve(ok, authority.server_context())
        http = session(ca_path=str(getattr(authority, form)))
        assert http.request("GET", server.url, repeatable=True).status == 200

    @pytest.mark.parametrize("host, expired", [("127.0.0.1", True), ("other.example.com", False)])
    def test_an_expired_certificate_or_one_of_another_host_is_not_accepted(
        self, serve: Serve, authority: Authority, host: str, expired: bool
    ) -> None:
        server = serve(ok, authority.server_context(host, expired=expired))
        with pytest.raises(TlsError, match="not trusted"):
            session(ca_path=str(authority.file), retries=2).request("GET", server.url, repeatable=True)
        assert server.requests == []
        assert server.connections == 1

    def test_an_unknown_authority_is_not_accepted(self, serve: Serve, authority: Authority) -> None:
        server = serve(ok, authority.server_context())
        with pytest.raises(TlsError, match="ca_path") as caught:
            session(retries=2).request("GET", server.url, repeatable=True)
        assert caught.value.definite
        assert server.requests == []

    def test_the_environment_adds_no_authority(
        self, serve: Serve, authority: Authority, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.setenv(name, str(authority.file))
        server = serve(ok, authority.server_context())
        with pytest.raises(TlsError):
            session().request("GET", server.url, repeatable=True)

    def test_the_environment_takes_no_authority_away(
        self, serve: Serve, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(Authority(tmp_path / "other").file))
        server = serve(ok, authority.server_context())
        http = session(ca_path=str(authority.file))
        assert http.request("GET", server.url, repeatable=True).status == 200

    def test_verification_can_be_switched_off(self, serve: Serve, authority: Authority) -> None:
        server = serve(ok, authority.server_context("other.example.com", expired=True))
        assert session(validate_certs=False).request("GET", server.url, repeatable=True).status == 200

    @pytest.mark.parametrize("content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nbroken\n"])
    def test_a_file_without_certificates_is_refused_by_name(self, tmp_path: Path, content: str) -> None:
        path = tmp_path / "ca.pem"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(OptionError, match=r"^ca_path"):
            session(ca_path=str(path))

    def test_https_to_a_server_without_tls(self, serve: Serve) -> None:
        server = serve(ok)
        with pytest.raises(TlsError) as caught:
            session(retries=2).request("GET", server.url.replace("http:", "https:"), repeatable=True)
        assert caught.value.definite
        assert server.requests == []

    def test_plain_http_to_a_server_with_tls(self, serve: Serve, authority: Authority) -> None:
        server = serve(ok, authority.server_context())
        with pytest.raises(AccessError):
            session().request("GET", server.url.replace("https:", "http:"), repeatable=True)
        assert server.requests == []


class TestProxies:
    """Through whom a session goes."""

    def test_a_proxy_may_be_named_without_a_scheme(self, serve: Serve) -> None:
        proxy, server = serve(ok), serve(ok)
        session(proxy=f"127.0.0.1:{proxy.port}").request("GET", server.url, repeatable=True)
        assert (len(proxy.requests), len(server.requests)) == (1, 0)

    def test_plain_http_goes_through_the_proxy_with_its_password(self, serve: Serve) -> None:
        proxy, server = serve(ok), serve(ok)
        http = session(proxy=f"http://jane:{ENCODED}@127.0.0.1:{proxy.port}")
        assert http.request("GET", server.url, repeatable=True, headers={"Authorization": "Bearer x"}).status == 200
        assert server.requests == []
        (request,) = proxy.requests
        expected = b64encode(f"jane:{PASSWORD}".encode()).decode()
        assert request.headers["Proxy-Authorization"] == f"Basic {expected}"
        assert request.target.startswith(server.url)

    def test_https_goes_through_a_tunnel_that_keeps_the_password(self, serve: Serve, authority: Authority) -> None:
        proxy, server = serve(ok), serve(ok, authority.server_context())
        http = session(proxy=f"http://jane:{ENCODED}@127.0.0.1:{proxy.port}", ca_path=str(authority.file))
        answer = http.request("GET", server.url, repeatable=True, headers={"Authorization": "Bearer secret-token"})
        assert answer.status == 200
        assert server.requests[0].headers["Authorization"] == "Bearer secret-token"
        assert "Proxy-Authorization" not in server.requests[0].headers
        assert proxy.requests[0].method == "CONNECT"
        assert "Proxy-Authorization" in proxy.requests[0].headers
        assert "secret-token" not in str(proxy.requests)

    @pytest.mark.parametrize("password", [ENCODED, "simple-passw0rd", "w%C3%BCrd-4711"])
    def test_a_proxy_that_refuses_is_unreachable_and_its_password_not_shown(
        self, serve: Serve, authority: Authority, password: str
    ) -> None:
        proxy = serve(lambda _request: Reply(407))
        server = serve(ok, authority.server_context())
        redactor = Redactor()
        settings = HttpSettings(proxy=f"http://jane:{password}@127.0.0.1:{proxy.port}", retries=0, timeout=20)
        with pytest.raises(UnreachableError, match="proxy") as caught:
            Http(settings, redactor).request("PUT", server.url, repeatable=False)
        assert caught.value.definite
        assert server.requests == []
        assert password not in str(caught.value)
        assert password not in redactor.mask(f"proxy http://jane:{password}@127.0.0.1")

    @pytest.mark.parametrize("tls", [False, True])
    def test_an_answer_that_is_lost_behind_a_proxy_may_have_been_a_change(
        self, serve: Serve, authority: Authority, tls: bool
    ) -> None:
        """urllib3 says of both that the proxy is to blame, as if nothing had been sent."""
        server = serve(lambda _request: None, authority.server_context()) if tls else serve(ok)
        proxy = serve(ok if tls else lambda _request: None)
        settings = HttpSettings(proxy=proxy.url, retries=2, timeout=20, ca_path=str(authority.file))
        with pytest.raises(LostError) as caught:
            Http(settings, Redactor()).request("POST", server.url, repeatable=False)
        assert not caught.value.definite
        assert "roxy" not in str(caught.value)
        sent = [one for one in (server if tls else proxy).requests if one.method == "POST"]
        assert len(sent) == 1

    def test_a_proxy_that_is_not_there(self) -> None:
        http = session(proxy=f"http://jane:{ENCODED}@127.0.0.1:{closed_port()}")
        with pytest.raises(UnreachableError, match="proxy") as caught:
            http.request("GET", "http://127.0.0.1:9/", repeatable=True)
        assert ENCODED not in str(caught.value)

    @pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
    def test_the_usual_variables_name_a_proxy(self, serve: Serve, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        proxy, server = serve(ok), serve(ok)
        monkeypatch.setenv(name, f"http://jane:{ENCODED}@127.0.0.1:{proxy.port}")
        redactor = Redactor()
        http = Http(HttpSettings(retries=0), redactor)
        assert http.request("GET", server.url, repeatable=True).status == 200
        assert (len(proxy.requests), len(server.requests)) == (1, 0)
        assert "Proxy-Authorization" in proxy.requests[0].headers
        assert PASSWORD not in redactor.mask(f"password {PASSWORD}")

    def test_a_host_without_proxy(self, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        proxy, server = serve(ok), serve(ok)
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
        session().request("GET", server.url, repeatable=True)
        assert (len(proxy.requests), len(server.requests)) == (0, 1)

    def test_the_option_beats_the_variables(self, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        proxy, other, server = serve(ok), serve(ok), serve(ok)
        monkeypatch.setenv("HTTP_PROXY", other.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        session(proxy=proxy.url).request("GET", server.url, repeatable=True)
        assert (len(proxy.requests), len(other.requests), len(server.requests)) == (1, 0, 0)

    @pytest.mark.parametrize(
        "proxy",
        [
            "socks5://jane:S3cret-Passw0rd@127.0.0.1:1080",
            "http://jane:S3cret/Passw0rd@127.0.0.1:3128",
            "http://jane:S3cret#Passw0rd@127.0.0.1:3128",
            "http://[jane:S3cret-Passw0rd@127.0.0.1",
        ],
    )
    def test_an_unusable_proxy_of_the_environment_is_a_definite_failure(
        self, proxy: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ALL_PROXY", proxy)
        redactor = Redactor()
        with pytest.raises(AccessError) as caught:
            Http(HttpSettings(retries=100), redactor).request("GET", "http://127.0.0.1:9/", repeatable=True)
        assert caught.value.definite
        assert "S3cret" not in redactor.mask(str(caught.value))
