# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file that keeps a session's token: whom it belongs to, who may read it, and where its token never goes."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._cluster.token_file import TokenFile
from ansible_collections.tenantops.access.plugins.module_utils._errors import OptionError
from ansible_collections.tenantops.access.tests.unit.support.docluster import Node, ensure_absent, ensure_present

TOKEN = "VPXGCEZHWXEDEFBFWGCQEFJZUIARHUHDOEHDFNPXLNZQLKPEYKFYKIEWKWSS"
URL = "http://node1.example.com:3033"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the token is kept."""
    return tmp_path / "sessions" / "node1"


@pytest.fixture(autouse=True)
def directory(path: Path) -> None:
    """The directory is there."""
    path.parent.mkdir()


def keep(path: Path, url: str, username: str = "jane", token: str = TOKEN) -> bytes:
    """A token file as it should be; returns its content."""
    TokenFile(str(path), url, username).write(username, token)
    return path.read_bytes()


class TestContent:
    """What is written is what is read."""

    def test_it_holds_url_user_and_token(self, head: Node, path: Path) -> None:
        outcome = ensure_present(head.session(token_path=path), check_mode=False)
        content = json.loads(path.read_bytes())
        assert set(content) == {"url", "username", "token"}
        assert (content["url"], content["username"]) == (head.url, head.username)
        assert ensure_present(head.session(login=False, token=content["token"]), False).values["session"]["reused"]
        assert "access_token" not in outcome.values
        assert outcome.product == ()
        assert outcome.values["session"]["token_path"] == str(path)

    def test_nobody_else_can_read_it(self, head: Node, path: Path) -> None:
        before = os.umask(0)
        try:
            ensure_present(head.session(token_path=path), check_mode=False)
        finally:
            os.umask(before)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert list(path.parent.iterdir()) == [path]

    def test_it_is_replaced_as_a_whole(self, head: Node, path: Path) -> None:
        keep(path, head.url, head.username)
        with path.open("rb") as reader:
            inode = os.fstat(reader.fileno()).st_ino
            ensure_present(head.session(token_path=path), check_mode=False)
            assert path.stat().st_ino != inode
            assert json.loads(reader.read())["token"] == TOKEN

    @pytest.mark.parametrize("username", ["jane", "opé rator", "株式会社", '{"a"}', "{{ 7*7 }}"])
    def test_any_user_name_can_be_kept(self, path: Path, username: str) -> None:
        keep(path, URL, username)
        assert TokenFile(str(path), URL, username).read() == (username, TOKEN)
        assert TokenFile(str(path), URL, None).read() == (username, TOKEN)
        assert TokenFile(str(path), URL, f"{username}x").read() is None

    def test_no_file_is_no_token(self, path: Path) -> None:
        assert TokenFile(str(path), URL, None).read() is None


class TestUse:
    """Whose session the file keeps."""

    def test_a_kept_session_is_reused_and_closed(self, node: Node, path: Path) -> None:
        ensure_present(node.session(token_path=path), check_mode=False)
        kept = path.read_bytes()
        outcome = ensure_present(node.session(login=False, token_path=path), check_mode=False)
        assert not outcome.changed
        assert outcome.values["session"] == {
            "url": node.url,
            "username": node.username,
            "token_path": str(path),
            "reused": True,
        }
        assert path.read_bytes() == kept
        planned = ensure_absent(node.session(login=False, token_path=path), check_mode=True)
        assert path.read_bytes() == kept
        outcome = ensure_absent(node.session(login=False, token_path=path), check_mode=False)
        assert planned == outcome
        assert outcome.changed
        assert not path.exists()
        assert node.live() == 0
        assert not ensure_absent(node.session(login=False, token_path=path), check_mode=False).changed
        assert (node.count("logins"), node.count("logouts")) == (1, 1)

    def test_a_session_that_ended_is_replaced(self, node: Node, path: Path) -> None:
        ensure_present(node.session(token_path=path), check_mode=False)
        kept = path.read_bytes()
        node.restart()
        assert ensure_present(node.session(token_path=path), check_mode=False).changed
        assert path.read_bytes() != kept
        assert node.live() == 1

    def test_a_session_that_ended_is_forgotten_without_a_change(self, node: Node, path: Path) -> None:
        ensure_present(node.session(token_path=path), check_mode=False)
        node.restart()
        assert not ensure_absent(node.session(token_path=path), check_mode=False).changed
        assert not path.exists()

    def test_a_given_token_comes_first(self, head: Node, path: Path) -> None:
        ensure_present(head.session(token_path=path), check_mode=False)
        given = head.log_in()
        assert not ensure_present(head.session(token=given, token_path=path), check_mode=False).changed
        assert not ensure_present(head.session(token=TOKEN, token_path=path), check_mode=False).changed
        assert head.count("logins") == 0

    @pytest.mark.parametrize(
        ("url", "username"),
        [("{url}", "jane"), ("http://node2.example.com:3033", "{username}"), ("https{url}", "{username}")],
    )
    def test_the_token_of_another_node_or_user_is_never_sent(
        self, head: Node, path: Path, url: str, username: str
    ) -> None:
        kept = keep(path, url.format(url=head.url), username.format(username=head.username))
        assert ensure_present(head.session(token_path=path), check_mode=True).changed
        with pytest.raises(OptionError, match="no session to reuse"):
            ensure_present(head.session(login=False, username=head.username, token_path=path), check_mode=False)
        outcome = ensure_absent(head.session(token_path=path), check_mode=False)
        assert not outcome.changed
        assert path.read_bytes() == kept
        assert "access_token" not in head.sent_fields()
        assert ensure_present(head.session(token_path=path), check_mode=False).changed
        assert "access_token" not in head.sent_fields()

    def test_without_a_user_name_any_kept_user_will_do(self, head: Node, path: Path) -> None:
        ensure_present(head.session(token_path=path), check_mode=False)
        outcome = ensure_present(head.session(login=False, token_path=path), check_mode=False)
        assert outcome.values["session"]["username"] == head.username


class TestRefused:
    """Files that are not ours, or not private: nothing is sent, nothing is written, nothing is removed."""

    @staticmethod
    def check(head: Node, path: Path, says: str) -> None:
        """Every use of the file is refused with its path in the message."""
        for check_mode in (True, False):
            for ensure in (ensure_present, ensure_absent):
                with pytest.raises(OptionError) as caught:
                    ensure(head.session(token_path=path), check_mode)
                assert says in str(caught.value)
                assert "token_path" in str(caught.value) or path.name in str(caught.value)
                assert TOKEN not in str(caught.value)
        assert head.count("total") == 0

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\0\xff",
            TOKEN.encode(),
            b"null",
            b"[]",
            b'"' + TOKEN.encode() + b'"',
            b"[" * 100_000,
            b'{"url": "http://127.0.0.1", "username": "jane"}',
            b'{"url": "http://127.0.0.1", "username": null, "token": "' + TOKEN.encode() + b'"}',
            b'{"url": "http://127.0.0.1", "username": "jane", "token": 7}',
        ],
    )
    def test_a_file_of_another_kind(self, head: Node, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        path.chmod(0o600)
        self.check(head, path, "does not hold a session token")
        assert path.read_bytes() == content

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o622, 0o777])
    def test_a_file_that_others_can_reach(self, head: Node, path: Path, mode: int) -> None:
        kept = keep(path, head.url, head.username)
        path.chmod(mode)
        self.check(head, path, "0600")
        assert path.read_bytes() == kept
        assert stat.S_IMODE(path.stat().st_mode) == mode

    def test_a_symbolic_link(self, head: Node, path: Path) -> None:
        target = path.with_name("target")
        kept = keep(target, head.url, head.username)
        path.symlink_to(target)
        self.check(head, path, "symbolic link")
        assert target.read_bytes() == kept
        assert path.is_symlink()

    def test_a_directory(self, head: Node, path: Path) -> None:
        path.mkdir()
        self.check(head, path, "not a regular file")

    def test_a_pipe(self, head: Node, path: Path) -> None:
        os.mkfifo(path, 0o600)
        self.check(head, path, "not a regular file")
