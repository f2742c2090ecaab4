# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options: who wins, what is refused, and that the message names the option."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils._acronis.settings import (
    AcronisSettings,
    acronis_settings,
    choose_credentials,
    default_token_cache_dir,
)
from ansible_collections.tenantops.access.plugins.module_utils._errors import OptionError
from ansible_collections.tenantops.access.plugins.module_utils._options import plain_http_warning, server_url
from ansible_collections.tenantops.access.plugins.module_utils._tasks.connection_options import acronis_argument_spec

SUFFIX = "/api/2"


class TestUrl:
    """server_url"""

    @pytest.mark.parametrize("path", ["", "/", "//", "/api/2", "/api/2/", "/api/2//"])
    @pytest.mark.parametrize("server", ["https://eu2-cloud.acronis.com", "http://127.0.0.1:8080", "https://[::1]:8443"])
    def test_the_suffix_stands_there_once(self, server: str, path: str) -> None:
        assert server_url("datacenter_url", server + path, SUFFIX) == f"{server}/api/2"

    def test_a_path_before_the_suffix_is_kept(self) -> None:
        assert server_url("datacenter_url", "https://gateway/acronis/", SUFFIX) == "https://gateway/acronis/api/2"

    @pytest.mark.parametrize("value", [" https://eu2-cloud.acronis.com ", "https://eu2-cloud.acronis.com\n"])
    def test_white_space_around_it_is_dropped(self, value: str) -> None:
        assert server_url("datacenter_url", value, SUFFIX) == "https://eu2-cloud.acronis.com/api/2"

    def test_twice_is_the_same_as_once(self) -> None:
        once = server_url("datacenter_url", "https://eu2-cloud.acronis.com/", SUFFIX)
        assert server_url("datacenter_url", once, SUFFIX) == once

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "eu2-cloud.acronis.com",
            "//eu2-cloud.acronis.com",
            "ftp://eu2-cloud.acronis.com",
            "file:///etc/passwd",
            "https://",
            "https:///api/2",
            "https://eu2 cloud.acronis.com",
            "https://eu2-cloud.acronis.com:port",
            "https://eu2-cloud.acronis.com:99999",
            "https://[::1",
            "https://eu2-cloud.acronis.com?x=1",
            "https://eu2-cloud.acronis.com/api/2#top",
            "https:\\\\eu2-cloud.acronis.com",
        ],
    )
    def test_what_is_no_url_of_a_server_is_refused_by_name(self, value: str) -> None:
        with pytest.raises(OptionError) as caught:
            server_url("datacenter_url", value, SUFFIX)
        assert str(caught.value).startswith("datacenter_url")
        assert "https://" in str(caught.value)

    @pytest.mark.parametrize(
        "value",
        [
            "https://jane:S3cret-Passw0rd@eu2-cloud.acronis.com",
            "https://jane:S3cret-Passw0rd@eu2-cloud.acronis.com:port",
            "https://jane:S3cret-Passw0rd@eu2-cloud.acronis.com?x=1",
            "ftp://jane:S3cret-Passw0rd@eu2-cloud.acronis.com",
            "https:/jane:S3cret-Passw0rd@eu2-cloud.acronis.com",
            "jane:S3cret-Passw0rd@eu2-cloud.acronis.com",
            "https://jane:S3cret-Passw0rd/4711@eu2-cloud.acronis.com",
            "https://jane:S3cret-Passw0rd#4711@eu2-cloud.acronis.com",
        ],
    )
    def test_a_password_in_it_is_refused_and_not_shown(self, value: str) -> None:
        with pytest.raises(OptionError) as caught:
            server_url("datacenter_url", value, SUFFIX)
        assert "S3cret" not in str(caught.value)

    @given(value=st.text(max_size=60))
    def test_anything_is_accepted_whole_or_refused(self, value: str) -> None:
        try:
            url = server_url("datacenter_url", value, SUFFIX)
        except OptionError:
            return
        assert url.startswith(("http://", "https://"))
        assert url.endswith(SUFFIX)


LEVELS = {"access_token": "t", "client_id": "i", "client_secret": "s"}
NAMES = tuple(LEVELS)
TABLE = [
    # explicit, environment, token that holds, id that holds, secret that holds
    ("is", "", None, "E", "E"),
    ("", "is", None, "V", "V"),
    ("t", "", "E", None, None),
    ("", "t", "V", None, None),
    ("tis", "", "E", "E", None),
    ("", "tis", "V", "V", None),
    ("is", "t", None, "E", "E"),
    ("t", "is", "E", "V", None),
    ("is", "tis", None, "E", "E"),
    ("i", "s", None, "E", "V"),
    ("s", "i", None, "V", "E"),
    ("i", "is", None, "E", "V"),
    ("i", "ts", None, "E", "V"),
    ("s", "tis", None, "V", "E"),
    ("i", "t", "V", "E", None),
    ("ti", "is", "E", "E", None),
]


def level(letters: str, where: str, environment: bool = False) -> dict[str, str | None]:
    """The options, or variables, that the letters stand for; each value says where it is from."""
    return {
        (f"ACRONIS_{name.upper()}" if environment else name): f"{where}-{name}" if LEVELS[name] in letters else None
        for name in NAMES
    }


class TestCredentials:
    """choose_credentials"""

    @pytest.mark.parametrize("explicit, environment, token, client, secret", TABLE)
    def test_an_option_beats_the_environment_and_a_token_the_pair(
        self, explicit: str, environment: str, token: str | None, client: str | None, secret: str | None
    ) -> None:
        found = choose_credentials(level(explicit, "E"), level(environment, "V", environment=True))
        assert found.access_token == (token and f"{token}-access_token")
        assert found.client_id == (client and f"{client}-client_id")
        assert found.client_secret == (secret and f"{secret}-client_secret")

    @pytest.mark.parametrize("explicit", ["", "i", "s"])
    @pytest.mark.parametrize("environment", ["", "i", "s"])
    def test_half_a_pair_is_an_error_that_names_what_is_missing(self, explicit: str, environment: str) -> None:
        given_letters = set(explicit + environment)
        if given_letters == {"i", "s"}:
            assert choose_credentials(level(explicit, "E"), level(environment, "V", environment=True)).client_secret
            return
        with pytest.raises(OptionError) as caught:
            choose_credentials(level(explicit, "E"), level(environment, "V", environment=True))
        for letter, name in (("i", "client_id"), ("s", "client_secret")):
            assert (f"ACRONIS_{name.upper()}" in str(caught.value)) == (letter not in given_letters)
        assert "ACRONIS_ACCESS_TOKEN" in str(caught.value)

    @pytest.mark.parametrize("letters", ["".join(some) for n in range(4) for some in itertools.combinations("tis", n)])
    def test_an_empty_text_counts_as_not_given(self, letters: str) -> None:
        empty = {name: "" for name in NAMES if LEVELS[name] not in letters}
        filled = {**level("", "E"), **empty}
        found = choose_credentials(filled, level("tis", "V", environment=True))
        assert found == choose_credentials(level("", "E"), level("tis", "V", environment=True))

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("value", ["abc\n", "abc\r\n", "a\tbc", "a\0bc", "abc ", "abc\0", "abc\u00a0", "abc\ud800"])
    def test_what_cannot_be_sent_is_an_error_that_names_the_option_and_not_the_value(
        self, name: str, value: str
    ) -> None:
        with pytest.raises(OptionError) as caught:
            choose_credentials({**level("is", "E"), name: value}, {})
        assert str(caught.value).startswith(name)
        assert value.strip() not in str(caught.value)

    @pytest.mark.parametrize("name", ["access_token", "client_id"])
    @pytest.mark.parametrize("value", ["to ken", " token", "tok€n", "tökén", "token\x7f"])
    def test_a_token_and_an_id_are_printable_ascii_without_blanks(self, name: str, value: str) -> None:
        with pytest.raises(OptionError, match=f"^{name}"):
            choose_credentials({**level("is", "E"), name: value}, {})

    def test_a_secret_may_hold_any_character_that_can_be_typed(self) -> None:
        secret = "a b:c/d\\e'f\"g€hü"
        assert choose_credentials({"client_id": "id", "client_secret": secret}, {}).client_secret == secret

    def test_the_environment_of_the_process_is_the_default(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ACRONIS_ACCESS_TOKEN", "from-the-environment")
        assert choose_credentials({}).access_token == "from-the-environment"

    def test_secrets_are_not_in_the_representation(self) -> None:
        shown = repr(choose_credentials(level("tis", "E"))) + repr(choose_credentials(level("is", "E")))
        assert "E-access_token" not in shown
        assert "E-client_secret" not in shown


def settings(**options: Any) -> AcronisSettings:
    """The settings that options give, the others at their defaults."""
    every = {name: spec.get("default") for name, spec in acronis_argument_spec().items()}
    every.update(datacenter_url="https://eu2-cloud.acronis.com", access_token="token-0123456789")
    every.update(options)
    return acronis_settings(every, {name: every[name] for name in NAMES})


class TestSettings:
    """acronis_settings"""

    def test_the_defaults_are_those_of_the_interface(self, tmp_path: Path) -> None:
        found = settings()
        assert found.base_url == "https://eu2-cloud.acronis.com/api/2"
        assert found.token_cache_dir == str(tmp_path / "cache" / "tenantops.access" / "tokens")
        http = found.http
        assert (http.validate_certs, http.ca_path, http.proxy) == (True, None, None)
        assert (http.timeout, http.retries, http.retry_max_wait, http.concurrency) == (30, 2, 300, 16)

    @pytest.mark.parametrize("name", ["timeout", "retries", "retry_max_wait", "concurrency"])
    def test_a_negative_number_is_refused_by_name(self, name: str) -> None:
        with pytest.raises(OptionError) as caught:
            settings(**{name: -1})
        assert str(caught.value).startswith(f"{name} is -1")

    @pytest.mark.parametrize("name", ["timeout", "concurrency"])
    def test_zero_seconds_or_connections_are_refused(self, name: str) -> None:
        with pytest.raises(OptionError, match=name):
            settings(**{name: 0})

    def test_no_retries_and_no_waiting_are_possible(self) -> None:
        found = settings(retries=0, retry_max_wait=0).http
        assert (found.retries, found.retry_max_wait) == (0, 0)

    def test_a_missing_url_is_refused_by_name(self) -> None:
        with pytest.raises(OptionError, match=r"^datacenter_url"):
            settings(datacenter_url="")

    def test_a_ca_path_must_exist(self, tmp_path: Path) -> None:
        with pytest.raises(OptionError, match=r"^ca_path"):
            settings(ca_path=str(tmp_path / "missing.pem"))
        assert settings(ca_path=str(tmp_path)).http.ca_path == str(tmp_path)

    @pytest.mark.parametrize("name", ["ca_path", "proxy", "token_cache_dir"])
    def test_an_empty_text_counts_as_not_given(self, name: str) -> None:
        assert settings(**{name: ""}) == settings()

    @pytest.mark.parametrize(
        "proxy",
        ["http://proxy.example.com:3128", "https://user:p%40ss@proxy.example.com", "http://[::1]:3128", "proxy:80"],
    )
    def test_a_proxy_is_taken_as_it_is(self, proxy: str) -> None:
        assert settings(proxy=proxy).http.proxy == proxy

    @pytest.mark.parametrize(
        "proxy",
        [
            "socks5://proxy.example.com",
            "jane:S3cret-Passw0rd@proxy.example.com:3128",
            "http://",
            "http://[::1",
            "http://jane:S3cret-Passw0rd/4711@proxy.example.com:3128",
            "http://jane:S3cret-Passw0rd#4711@proxy.example.com:3128",
            "http://jane:S3cret-Passw0rd?4711@proxy.example.com:3128",
            "http://jane:S3cret-Passw0rd@proxy.example.com:port",
        ],
    )
    def test_what_is_no_proxy_is_refused_by_name_and_not_shown(self, proxy: str) -> None:
        with pytest.raises(OptionError) as caught:
            settings(proxy=proxy)
        assert str(caught.value).startswith("proxy")
        assert "S3cret" not in str(caught.value)

    def test_the_cache_can_be_off_or_elsewhere(self, tmp_path: Path) -> None:
        assert settings(token_cache=False).token_cache_dir is None
        assert settings(token_cache_dir=str(tmp_path)).token_cache_dir == str(tmp_path)


@pytest.mark.parametrize("variables", [{}, {"XDG_CACHE_HOME": ""}, {"XDG_CACHE_HOME": "relative/path"}])
def test_the_cache_is_below_the_home_directory_by_default(variables: dict[str, str], tmp_path: Path) -> None:
    assert default_token_cache_dir(variables) == str(tmp_path / ".cache" / "tenantops.access" / "tokens")


def test_the_cache_is_in_the_users_cache_directory() -> None:
    assert default_token_cache_dir({"XDG_CACHE_HOME": "/c"}) == "/c/tenantops.access/tokens"


def test_plain_http_warns() -> None:
    assert "datacenter_url" in (plain_http_warning("datacenter_url", "http://127.0.0.1/api/2") or "")
    assert plain_http_warning("datacenter_url", "https://127.0.0.1/api/2") is None
