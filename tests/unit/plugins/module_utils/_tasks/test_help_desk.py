# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sign-in links as the help desk gets them: checked first, issued once, kept in a private file, kept again if young."""

from __future__ import annotations

import datetime
import json
import os
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._acronis.client import AcronisClient
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    LostError,
    NoMatchError,
    OptionError,
    RefusedError,
    UnauthorizedError,
)
from ansible_collections.tenantops.access.plugins.module_utils._tasks.ott_link import LinkRequest, make_link
from ansible_collections.tenantops.access.plugins.module_utils._tasks.ott_login import LoginRequest, sign_in_once
from ansible_collections.tenantops.access.plugins.module_utils._tasks.outcome import Outcome
from ansible_collections.tenantops.access.tests.unit.support.cloud import Cloud
from ansible_collections.tenantops.access.tests.unit.support.people import (
    ISSUE,
    SIGN_IN,
    SIGN_OUT,
    issued,
    person,
    used,
)
from simulator.external_login import open_link

TARGET = "https://eu2-cloud.example.com/bc/"


def order(user: dict[str, Any], **wanted: Any) -> LinkRequest:
    """What a task wants: a link for ``user``."""
    usual: dict[str, Any] = {
        "login": user["login"],
        "external_id": None,
        "user_id": None,
        "target_uri": TARGET,
        "style": "fragment",
        "dest": None,
        "reuse_seconds": 0,
    }
    return LinkRequest(**{**usual, **wanted})


def make(cloud: Cloud, request: LinkRequest, *, check_mode: bool = False) -> Outcome:
    """Run a task; nothing is cached between two."""
    return make_link(cloud.connect(), request, check_mode)


def edit(about: Path, **changes: Any) -> None:
    """Change what the file beside a link says, without touching the rest."""
    about.write_text(json.dumps({**json.loads(about.read_text()), **changes}))


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    """A file for the link, in a directory that is there."""
    folder = tmp_path / "links"
    folder.mkdir()
    return folder / "link"


class TestReturned:
    """make_link without a file"""

    @pytest.mark.parametrize("style", ["fragment", "query"])
    def test_link_and_token_are_returned(self, cloud: Cloud, style: str) -> None:
        user = person(cloud)
        outcome = make(cloud, order(user, style=style))
        assert outcome.changed
        assert set(outcome.values) == {"link", "ott", "expires_at"}
        assert set(outcome.product) == {outcome.values["link"], outcome.values["ott"]}
        assert (outcome.before, outcome.after) == ({"link": "absent"}, {"link": "present"})
        assert outcome.subject == f'sign-in link for login "{user["login"]}"'
        opened = open_link(outcome.values["link"])
        assert (opened.account["id"], opened.location) == (user["id"], TARGET)

    def test_the_default_target_is_the_backup_console(self, cloud: Cloud) -> None:
        link = make(cloud, order(person(cloud), target_uri=None)).values["link"]
        assert link.endswith(f"&targetURI={cloud.simulator.url}/bc/")

    def test_every_run_issues_another_one(self, cloud: Cloud) -> None:
        wanted = order(person(cloud), reuse_seconds=30)
        assert make(cloud, wanted).values["link"] != make(cloud, wanted).values["link"]
        assert issued(cloud) == 2

    def test_the_end_is_in_utc(self, cloud: Cloud) -> None:
        before = int(time.time())
        written = make(cloud, order(person(cloud))).values["expires_at"]
        ends = datetime.datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC).timestamp()
        assert before + 30 <= ends <= time.time() + 30

    @pytest.mark.parametrize(
        ("target_uri", "style"),
        [("https://eu2-cloud.example.com/?a=b&c=d", "fragment"), ("/bc/", "query"), ("javascript:alert(1)", "query")],
    )
    @pytest.mark.parametrize("check_mode", [True, False])
    def test_a_target_that_cannot_be_is_refused_before_anything_is_sent(
        self, cloud: Cloud, target_uri: str, style: str, check_mode: bool
    ) -> None:
        wanted = order(person(cloud), target_uri=target_uri, style=style)
        with pytest.raises(OptionError, match="target_uri"):
            make(cloud, wanted, check_mode=check_mode)
        assert cloud.simulator.counters()["total"] == 0


class TestChecked:
    """What is seen to before anything is issued, in check mode and in the run alike."""

    def test_check_mode_proves_the_user_and_issues_nothing(self, cloud: Cloud, dest: Path) -> None:
        outcome = make(cloud, order(person(cloud), dest=str(dest)), check_mode=True)
        assert outcome.changed
        assert outcome.values == {}
        assert (outcome.before, outcome.after) == ({"link": "absent"}, {"link": "present"})
        assert (cloud.count(ISSUE), issued(cloud)) == (0, 0)
        assert list(dest.parent.iterdir()) == []

    @pytest.mark.parametrize("check_mode", [True, False])
    def test_users_who_cannot_be_signed_in(self, cloud: Cloud, dest: Path, check_mode: bool) -> None:
        disabled = person(cloud, enabled=False)
        above = cloud.simulator.create_tenant(kind="partner", name="Self-service partner", ancestral_access=False)
        cases: list[tuple[dict[str, Any], type[AccessError]]] = [
            ({"login": "nobody@example.com"}, NoMatchError),
            (person(cloud, parent_id=cloud.simulator.clients["neighbour"]["tenant_id"]), NoMatchError),
            (disabled, RefusedError),
            (person(cloud, parent_id=above["id"]), RefusedError),
        ]
        for user, error in cases:
            with pytest.raises(error):
                make(cloud, order(user, dest=str(dest)), check_mode=check_mode)
        assert (cloud.count(ISSUE), issued(cloud)) == (0, 0)
        assert list(dest.parent.iterdir()) == []

    @pytest.mark.parametrize("check_mode", [True, False])
    @pytest.mark.parametrize("name", [".", "directory", "missing/link", "file/link", "pipe", "x" * 256, "🚀" * 64])
    def test_a_file_that_cannot_be_written(self, cloud: Cloud, dest: Path, name: str, check_mode: bool) -> None:
        dest.with_name("directory").mkdir()
        dest.with_name("file").touch()
        os.mkfifo(dest.with_name("pipe"))
        with pytest.raises(OptionError, match="links"):
            make(cloud, order(person(cloud), dest=str(dest.parent / name)), check_mode=check_mode)
        assert cloud.simulator.counters()["total"] == 0
        assert {one.name for one in dest.parent.iterdir()} == {"directory", "file", "pipe"}

    @pytest.mark.parametrize("check_mode", [True, False])
    def test_a_place_beside_it_that_cannot_be_written(self, cloud: Cloud, dest: Path, check_mode: bool) -> None:
        wanted = order(person(cloud), dest=str(dest))
        make(cloud, wanted)
        (beside,) = (one for one in dest.parent.iterdir() if one != dest)
        beside.unlink()
        beside.mkdir()
        with pytest.raises(OptionError):
            make(cloud, wanted, check_mode=check_mode)
        assert issued(cloud) == 1


class TestFile:
    """make_link with a file"""

    def test_the_link_stands_in_the_file_and_nowhere_else(self, cloud: Cloud, dest: Path) -> None:
        user = person(cloud)
        client = cloud.connect()
        outcome = make_link(client, order(user, dest=str(dest)), check_mode=False)
        assert set(outcome.values) == {"expires_at"}
        assert outcome.product == ()
        content = dest.read_text()
        assert content.endswith("\n")
        assert content.count("\n") == 1
        assert open_link(content.strip()).account["id"] == user["id"]
        ott = content.partition("#ott=")[2].partition("%")[0]
        for one in dest.parent.iterdir():
            assert one == dest or ott not in one.read_text()
        assert client.redactor.mask(f"it is {ott}%3D%3D") == "it is ********"

    def test_nobody_else_can_read_it(self, cloud: Cloud, dest: Path) -> None:
        before = os.umask(0)
        try:
            make(cloud, order(person(cloud), dest=str(dest)))
        finally:
            os.umask(before)
        assert {stat.S_IMODE(one.stat().st_mode) for one in dest.parent.iterdir()} == {0o600}
        assert len(list(dest.parent.iterdir())) == 2

    def test_a_file_in_its_place_is_replaced_as_a_whole(self, cloud: Cloud, dest: Path) -> None:
        dest.write_text("before")
        dest.chmod(0o644)
        with dest.open() as reader:
            make(cloud, order(person(cloud), dest=str(dest)))
            assert reader.read() == "before"
        assert stat.S_IMODE(dest.stat().st_mode) == 0o600
        assert "external-login" in dest.read_text()

    @pytest.mark.parametrize("dangling", [True, False])
    def test_a_symbolic_link_in_its_place_is_replaced(self, cloud: Cloud, dest: Path, dangling: bool) -> None:
        target = dest.with_name("target")
        if not dangling:
            target.write_text("untouched")
        dest.symlink_to(target)
        make(cloud, order(person(cloud), dest=str(dest)))
        assert not dest.is_symlink()
        assert "external-login" in dest.read_text()
        assert target.exists() != dangling
        assert dangling or target.read_text() == "untouched"

    def test_a_failure_leaves_the_file_as_it_was(self, cloud: Cloud, dest: Path) -> None:
        dest.write_text("before")
        cloud.simulator.fault("reset_after", method="POST", route="/idp/ott")
        with pytest.raises(LostError):
            make(cloud, order(person(cloud), dest=str(dest)))
        assert dest.read_text() == "before"
        assert [one.name for one in dest.parent.iterdir()] == ["link"]
        assert issued(cloud) == 1

    def test_a_path_may_begin_at_home(self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, dest: Path) -> None:
        monkeypatch.setenv("HOME", str(dest.parent))
        make(cloud, order(person(cloud), dest="~/link"))
        assert dest.exists()


class TestReuse:
    """make_link with reuse_seconds"""

    @staticmethod
    def kept(cloud: Cloud, dest: Path, user: dict[str, Any], **wanted: Any) -> bool:
        """Whether a second task keeps what is in the file; check mode must say the same."""
        request = order(user, **{"dest": str(dest), "reuse_seconds": 30, **wanted})
        before = dest.read_bytes(), issued(cloud)
        planned = make(cloud, request, check_mode=True)
        assert (dest.read_bytes(), issued(cloud)) == before
        outcome = make(cloud, request)
        assert planned.changed == outcome.changed
        assert (dest.read_bytes() == before[0]) is not outcome.changed
        assert issued(cloud) - before[1] == outcome.changed
        return not outcome.changed

    @staticmethod
    def first(cloud: Cloud, dest: Path, user: dict[str, Any], **wanted: Any) -> Path:
        """Issue the link that is there already; returns the file beside it."""
        make(cloud, order(user, dest=str(dest), **wanted))
        (about,) = (one for one in dest.parent.iterdir() if one != dest)
        return about

    def test_a_young_link_for_the_same_is_kept_without_a_request(self, cloud: Cloud, dest: Path) -> None:
        user = person(cloud)
        request = order(user, dest=str(dest), reuse_seconds=30)
        made = make(cloud, request)
        cloud.simulator.reset_counters()
        again = make(cloud, request)
        assert not again.changed
        assert again.values == made.values
        assert again.before == again.after == {"link": "present"}
        assert cloud.simulator.counters()["total"] == 0
        assert open_link(dest.read_text().strip()).account["id"] == user["id"]

    def test_what_the_first_task_said_about_reuse_does_not_matter(self, cloud: Cloud, dest: Path) -> None:
        user = person(cloud)
        self.first(cloud, dest, user, reuse_seconds=0)
        assert self.kept(cloud, dest, user)

    def test_without_reuse_every_run_issues_another_one(self, cloud: Cloud, dest: Path) -> None:
        user = person(cloud)
        self.first(cloud, dest, user)
        assert not self.kept(cloud, dest, user, reuse_seconds=0)
        assert not self.kept(cloud, dest, user, reuse_seconds=-5)

    def test_another_user_gets_another_link(self, cloud: Cloud, dest: Path) -> None:
        self.first(cloud, dest, person(cloud))
        assert not self.kept(cloud, dest, person(cloud))

    @pytest.mark.parametrize("wanted", [{"target_uri": "https://eu2-cloud.example.com/mc/"}, {"style": "query"}])
    def test_another_target_or_style_gets_another_link(self, cloud: Cloud, dest: Path, wanted: dict[str, Any]) -> None:
        user = person(cloud)
        self.first(cloud, dest, user)
        assert not self.kept(cloud, dest, user, **wanted)
        assert self.kept(cloud, dest, user, **wanted)

    def test_another_data_center_gets_another_link(self, cloud: Cloud, dest: Path) -> None:
        user = person(cloud)
        self.first(cloud, dest, user)
        port = cloud.simulator.url.rpartition(":")[2]
        other = cloud.connect(base_url=f"http://localhost:{port}/api/2")
        assert make_link(other, order(user, dest=str(dest), reuse_seconds=30), check_mode=False).changed
        assert dest.read_text().startswith("http://localhost:")

    @pytest.mark.parametrize(
        ("age", "allowed", "kept"), [(5, 30, True), (5, 4, False), (20, 300, True), (31, 300, False)]
    )
    def test_it_is_kept_up_to_the_age_that_is_allowed_and_never_beyond_its_life(
        self, cloud: Cloud, dest: Path, age: int, allowed: int, kept: bool
    ) -> None:
        user = person(cloud)
        about = self.first(cloud, dest, user)
        edit(about, expires=time.time() - age + 30)
        assert self.kept(cloud, dest, user, reuse_seconds=allowed) is kept

    def test_a_link_that_claims_to_be_from_the_future_is_replaced(self, cloud: Cloud, dest: Path) -> None:
        user = person(cloud)
        edit(self.first(cloud, dest, user), expires=time.time() + 3600)
        assert not self.kept(cloud, dest, user)

    @pytest.mark.parametrize(
        "content",
        [b"", b"null", b"[]", b"\0\xff", b"{}", b'{"expires": 1e400}', b'{"digest": 7}', b"[" * 100_000],
    )
    def test_a_file_beside_it_that_makes_no_sense(self, cloud: Cloud, dest: Path, content: bytes) -> None:
        user = person(cloud)
        self.first(cloud, dest, user).write_bytes(content)
        assert not self.kept(cloud, dest, user)
        assert self.kept(cloud, dest, user)

    @pytest.mark.parametrize("expires", ["soon", None, True, {}, "NaN"])
    def test_an_end_that_makes_no_sense(self, cloud: Cloud, dest: Path, expires: object) -> None:
        user = person(cloud)
        edit(self.first(cloud, dest, user), expires=float("nan") if expires == "NaN" else expires)
        assert not self.kept(cloud, dest, user)

    @pytest.mark.parametrize("change", ["other content", "more content", "gone", "empty"])
    def test_a_link_that_is_not_the_one_that_was_issued(self, cloud: Cloud, dest: Path, change: str) -> None:
        user = person(cloud)
        self.first(cloud, dest, user)
        link = dest.read_text()
        dest.unlink()
        if change != "gone":
            dest.touch(mode=0o600)
            dest.write_text({"other content": "https://evil.example/\n", "more content": f"{link}x"}.get(change, ""))
        request = order(user, dest=str(dest), reuse_seconds=30)
        assert make(cloud, request, check_mode=True).changed
        assert make(cloud, request).changed
        assert dest.read_text() not in (link, "")

    def test_a_link_that_others_could_read_is_replaced(self, cloud: Cloud, dest: Path) -> None:
        user = person(cloud)
        self.first(cloud, dest, user)
        dest.chmod(0o644)
        assert not self.kept(cloud, dest, user)
        assert stat.S_IMODE(dest.stat().st_mode) == 0o600

    def test_a_symbolic_link_to_a_young_link_is_replaced(self, cloud: Cloud, dest: Path) -> None:
        user = person(cloud)
        self.first(cloud, dest, user)
        target = dest.rename(dest.with_name("target"))
        dest.symlink_to(target)
        assert not self.kept(cloud, dest, user)
        assert not dest.is_symlink()


class TestSignInOnce:
    """sign_in_once"""

    @staticmethod
    def run(client: AcronisClient, *, check_mode: bool = False, **wanted: Any) -> Outcome:
        """Run a task."""
        usual = {"ott": None, "login": None, "external_id": None, "user_id": None, "logout": True}
        return sign_in_once(client, LoginRequest(**{**usual, **wanted}), check_mode)

    def test_a_user_is_signed_in_and_out_again(self, cloud: Cloud) -> None:
        user = person(cloud, external_id="sign-in-1")
        for named in ({"login": user["login"]}, {"external_id": "sign-in-1"}, {"user_id": user["id"]}):
            outcome = self.run(cloud.connect(), **named)
            assert outcome.changed
            assert outcome.values["user"]["id"] == user["id"]
            assert outcome.product == ()
        assert (issued(cloud), used(cloud), cloud.count(SIGN_OUT)) == (3, 3, 3)

    def test_check_mode_looks_the_user_up_and_uses_nothing(self, cloud: Cloud) -> None:
        user = person(cloud)
        planned = self.run(cloud.connect(), login=user["login"], check_mode=True)
        assert (issued(cloud), used(cloud), cloud.count(SIGN_IN)) == (0, 0, 0)
        assert planned == self.run(cloud.connect(), login=user["login"])

    @pytest.mark.parametrize("check_mode", [True, False])
    def test_check_mode_fails_where_the_run_does(self, cloud: Cloud, check_mode: bool) -> None:
        disabled = person(cloud, enabled=False)
        with pytest.raises(NoMatchError):
            self.run(cloud.connect(), login="nobody@example.com", check_mode=check_mode)
        with pytest.raises(RefusedError):
            self.run(cloud.connect(), login=disabled["login"], check_mode=check_mode)
        with pytest.raises(OptionError, match="ott"):
            self.run(cloud.connect(), ott="", check_mode=check_mode)
        assert issued(cloud) == 0

    def test_a_given_token_is_used_up(self, cloud: Cloud) -> None:
        user = person(cloud)
        ott = make(cloud, order(user)).values["ott"]
        assert self.run(cloud.connect(), ott=ott, check_mode=True).values == {}
        assert self.run(cloud.connect(), ott=ott, logout=False).values["user"]["login"] == user["login"]
        with pytest.raises(UnauthorizedError):
            self.run(cloud.connect(), ott=ott)
        assert (cloud.count(SIGN_IN), cloud.count(SIGN_OUT)) == (2, 0)

    def test_a_failing_sign_out_does_not_hide_who_was_signed_in(self, cloud: Cloud) -> None:
        user = person(cloud)
        cloud.simulator.fault("error_text", method="GET", route="/idp/logout")
        outcome = self.run(cloud.connect(), login=user["login"])
        assert (outcome.changed, outcome.values["user"]["id"]) == (True, user["id"])
        assert "sign out again" in (outcome.failure or "")

    def test_the_token_is_a_secret(self, cloud: Cloud) -> None:
        client = cloud.connect()
        ott = make(cloud, order(person(cloud))).values["ott"]
        self.run(client, ott=ott)
        assert client.redactor.mask(f"it was {ott}") == "it was ********"
