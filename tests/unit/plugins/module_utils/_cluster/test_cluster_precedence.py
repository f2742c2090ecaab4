# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which session is meant when options and environment both say something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._cluster.settings import (
    ClusterSettings,
    cluster_settings,
)
from ansible_collections.tenantops.access.plugins.module_utils._errors import OptionError
from ansible_collections.tenantops.access.plugins.module_utils._tasks.connection_options import cluster_argument_spec

ALL = {
    "DOCLUSTER_USERNAME": "env-user",
    "DOCLUSTER_PASSWORD": "env-Pass-Word-1",
    "DOCLUSTER_ACCESS_TOKEN": "ENVTOKEN",
    "DOCLUSTER_TOKEN_PATH": "/env/token",
}


def settle(environment: dict[str, str] | None = None, **given: Any) -> ClusterSettings:
    """The settings of a task with these options in this environment."""
    options = {name: spec.get("default") for name, spec in cluster_argument_spec().items()}
    return cluster_settings({**options, "url": "http://node1:3033", **given}, environment or {})


def identity(settings: ClusterSettings) -> tuple[str | None, ...]:
    """What says which session is meant."""
    return settings.username, settings.password, settings.access_token, settings.token_path


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("env-user", "env-Pass-Word-1", "ENVTOKEN", "/env/token")),
        # Who is named in the task is meant, whatever session the environment has.
        ({"username": "jane"}, ("jane", "env-Pass-Word-1", None, "/env/token")),
        ({"username": "jane", "password": "own-Pass-Word-2"}, ("jane", "own-Pass-Word-2", None, "/env/token")),
        ({"token_path": "/own/token"}, ("env-user", "env-Pass-Word-1", None, "/own/token")),
        # A token in the task is the session, not what a file of the environment keeps.
        ({"access_token": "OWNTOKEN"}, ("env-user", "env-Pass-Word-1", "OWNTOKEN", None)),
        (
            {"access_token": "OWNTOKEN", "token_path": "/own/token"},
            ("env-user", "env-Pass-Word-1", "OWNTOKEN", "/own/token"),
        ),
        ({"access_token": "OWNTOKEN", "username": "jane"}, ("jane", "env-Pass-Word-1", "OWNTOKEN", None)),
    ],
)
def test_an_option_beats_the_environment(given: dict[str, str], expected: tuple[str | None, ...]) -> None:
    assert identity(settle(ALL, **given)) == expected


@pytest.mark.parametrize("name", ["username", "password", "access_token", "token_path"])
def test_an_empty_text_counts_as_not_given(name: str) -> None:
    assert identity(settle(ALL, **{name: ""})) == identity(settle(ALL))
    assert identity(settle({**ALL, f"DOCLUSTER_{name.upper()}": ""})) != identity(settle(ALL))
    assert getattr(settle({f"DOCLUSTER_{name.upper()}": ""}), name) is None


def test_without_either_nothing_is_known() -> None:
    assert identity(settle()) == (None, None, None, None)


def test_a_file_of_the_environment_is_below_the_home_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert settle({"DOCLUSTER_TOKEN_PATH": "~/session"}).token_path == str(tmp_path / "session")


@pytest.mark.parametrize(
    "url",
    [
        "http://node1:3033",
        "http://node1:3033/",
        "http://node1:3033/api",
        "http://node1:3033/api/",
        " http://node1:3033\n",
    ],
)
def test_the_url_is_the_same_with_and_without_the_api(url: str) -> None:
    assert settle(url=url).url == "http://node1:3033"


def test_a_path_before_the_api_is_kept() -> None:
    assert settle(url="https://gateway/node1/api/").url == "https://gateway/node1"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "node1:3033",
        "ftp://node1",
        "http://",
        "http://node1:3033/api?x=1",
        "http://admin:Pass-Word-77123@node1:3033",
    ],
)
def test_what_is_no_url_of_a_node_is_refused_by_name(url: str) -> None:
    with pytest.raises(OptionError) as caught:
        settle(url=url)
    assert str(caught.value).startswith("url ")
    assert "http://node1.example.com:3033" in str(caught.value)
    assert "Pass-Word-77123" not in str(caught.value)


@pytest.mark.parametrize("timeout", [0, -1, 3601])
def test_a_timeout_out_of_range_is_refused_by_name(timeout: int) -> None:
    with pytest.raises(OptionError, match=r"^timeout is"):
        settle(timeout=timeout)


def test_secrets_do_not_show_when_the_settings_are_printed() -> None:
    shown = repr(settle(ALL))
    assert "env-user" in shown
    assert "env-Pass-Word-1" not in shown
    assert "ENVTOKEN" not in shown
