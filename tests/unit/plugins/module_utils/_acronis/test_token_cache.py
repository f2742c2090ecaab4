# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One token for a whole run: a private file, one renewal for many processes, nothing trusted that was planted."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._acronis.client import AcronisClient
from ansible_collections.tenantops.access.plugins.module_utils._errors import UnauthorizedError
from ansible_collections.tenantops.access.tests.unit.support.cloud import TOKEN, Cloud
from ansible_collections.tenantops.access.tests.unit.support.waits import later

NOBODY = 65534


def run(cloud: Cloud, cache: Path, **wanted: Any) -> None:
    """What a task does: connect anew and make a request."""
    client = cloud.connect(cache=str(cache), **wanted)
    assert client.get("tenants", cloud.simulator.tenant_id)["id"] == cloud.simulator.tenant_id


def token_files(cache: Path) -> list[Path]:
    """The files that hold tokens."""
    return [path for path in cache.iterdir() if path.suffix == ".json"]


def at_once(number: int, work: Callable[[], None]) -> list[int | None]:
    """Do the same in that many processes; their exit codes."""
    context = multiprocessing.get_context("fork")
    together = context.Barrier(number, timeout=60)

    def begin() -> None:
        together.wait()
        work()

    processes = [context.Process(target=begin) for _unused in range(number)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    return [process.exitcode for process in processes]


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "tokens"


@pytest.fixture
def file(cloud: Cloud, cache: Path) -> Path:
    """The file that a first run left."""
    run(cloud, cache)
    (found,) = token_files(cache)
    assert cloud.tokens_issued() == 1
    return found


class TestSharing:
    """What a second run takes over."""

    def test_the_token_of_the_first(self, cloud: Cloud, cache: Path, file: Path) -> None:
        run(cloud, cache)
        assert token_files(cache) == [file]
        assert (cloud.tokens_issued(), cloud.warnings) == (1, [])

    def test_nobody_else_can_read_it(self, cloud: Cloud, cache: Path) -> None:
        before = os.umask(0)
        try:
            run(cloud, cache)
        finally:
            os.umask(before)
        assert stat.S_IMODE(cache.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.lstat().st_mode) for path in cache.iterdir()} == {0o600}

    def test_a_trailing_slash_changes_nothing(self, cloud: Cloud, cache: Path) -> None:
        client = cloud.connect(cache=f"{cache}/")
        client.get("tenants", cloud.simulator.tenant_id)
        assert stat.S_IMODE(cache.stat().st_mode) == 0o700
        run(cloud, cache)
        assert cloud.tokens_issued() == 1

    def test_the_names_and_other_files_betray_nothing(self, cloud: Cloud, cache: Path, file: Path) -> None:
        assert cloud.simulator.client_id not in file.name
        assert cloud.simulator.client_secret not in file.read_text(encoding="utf-8")
        assert {path.stat().st_size for path in cache.iterdir() if path != file} <= {0}

    def test_nothing_when_the_cache_is_off(self, cloud: Cloud, tmp_path: Path) -> None:
        for _unused in range(2):
            cloud.connect().get("tenants", cloud.simulator.tenant_id)
        assert cloud.tokens_issued() == 2
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.usefixtures("file")
    def test_nothing_of_another_secret(self, cloud: Cloud, cache: Path) -> None:
        with pytest.raises(UnauthorizedError):
            run(cloud, cache, secret="rotated-secret-0123456789")

    @pytest.mark.usefixtures("file")
    def test_nothing_of_another_client(self, cloud: Cloud, cache: Path) -> None:
        run(cloud, cache, client="readonly")
        assert cloud.tokens_issued() == 2
        assert len(token_files(cache)) == 2

    @pytest.mark.usefixtures("file")
    def test_nothing_of_another_data_center(self, cloud: Cloud, cache: Path) -> None:
        run(cloud, cache, base_url=cloud.simulator.base_url.replace("127.0.0.1", "localhost"))
        assert cloud.tokens_issued() == 2
        assert len(token_files(cache)) == 2

    @pytest.mark.usefixtures("file")
    def test_a_given_token_is_not_kept(self, cloud: Cloud, cache: Path) -> None:
        token = cloud.issue_token()
        run(cloud, cache, token=token)
        assert all(token not in path.read_text(encoding="utf-8") for path in cache.iterdir())

    def test_it_is_known_as_a_secret(self, cloud: Cloud, cache: Path, file: Path) -> None:
        text = json.loads(file.read_text(encoding="utf-8"))["text"]
        client = cloud.connect(cache=str(cache))
        client.get("tenants", cloud.simulator.tenant_id)
        assert text not in client.redactor.mask(f"Bearer {text}")

    def test_eight_processes_get_one(self, cloud: Cloud, cache: Path) -> None:
        cloud.simulator.fault("slow", route=TOKEN.split()[1], seconds=0.3)
        assert at_once(8, lambda: run(cloud, cache)) == [0] * 8
        assert (cloud.count(TOKEN), cloud.tokens_issued()) == (1, 1)


class TestRenewing:
    """When the token in the file is no longer good."""

    def test_one_that_is_about_to_end_is_replaced_before(
        self, cloud: Cloud, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for minutes, issued in ((0, 1), (100, 1), (116, 2)):
            later(monkeypatch, 60 * minutes)
            run(cloud, cache)
            assert cloud.tokens_issued() == issued
        assert 401 not in [entry["status"] for entry in cloud.simulator.journal()[-4:]]

    def test_one_that_was_revoked_is_replaced_for_everybody(self, cloud: Cloud, cache: Path, file: Path) -> None:
        before = file.read_bytes()
        cloud.simulator.expire_tokens()
        run(cloud, cache)
        assert file.read_bytes() != before
        run(cloud, cache)
        assert (cloud.tokens_issued(), cloud.warnings) == (2, [])

    @pytest.mark.usefixtures("file")
    def test_eight_processes_whose_token_was_revoked_get_one(self, cloud: Cloud, cache: Path) -> None:
        cloud.simulator.expire_tokens()
        cloud.simulator.fault("slow", route=TOKEN.split()[1], seconds=0.3)
        assert at_once(8, lambda: run(cloud, cache)) == [0] * 8
        assert cloud.tokens_issued() == 2

    def test_whoever_comes_second_takes_the_renewed_one(self, cloud: Cloud, cache: Path) -> None:
        first, second = (cloud.connect(cache=str(cache)) for _unused in range(2))
        for client in (first, second):
            client.get("tenants", cloud.simulator.tenant_id)
        cloud.simulator.expire_tokens()
        for client in (first, second):
            client.get("tenants", cloud.simulator.tenant_id)
        assert cloud.tokens_issued() == 2


def in_an_hour() -> float:
    return time.time() + 3600.0


GARBAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _old: b"",
    "torn": lambda old: old[: len(old) // 2],
    "zeros": lambda old: b"\0" * len(old),
    "no text": lambda _old: b"\xff\xfe\xfa",
    "a list": lambda _old: b"[]",
    "a number": lambda _old: b"17",
    "null": lambda _old: b"null",
    "nested": lambda _old: b"[" * 100_000,
    "no token": lambda _old: json.dumps({"renew_at": in_an_hour()}).encode(),
    "no end": lambda _old: json.dumps({"text": "abc"}).encode(),
    "endless": lambda _old: b'{"text": "abc", "renew_at": "never"}',
    "wrong types": lambda _old: json.dumps({"text": 5, "renew_at": in_an_hour()}).encode(),
    "an empty token": lambda _old: json.dumps({"text": "", "renew_at": in_an_hour()}).encode(),
    "two lines": lambda _old: json.dumps({"text": "abc\r\nX-Evil: 1", "renew_at": in_an_hour()}).encode(),
    "no ASCII": lambda _old: json.dumps({"text": "tok€n", "renew_at": in_an_hour()}).encode(),
    "another token": lambda _old: json.dumps({"text": "planted-token", "renew_at": in_an_hour()}).encode(),
    "not a number": lambda _old: b'{"text": "abc", "renew_at": NaN}',
}


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_is_replaced_by_a_new_token(cloud: Cloud, cache: Path, file: Path, garbage: str) -> None:
    file.write_bytes(GARBAGE[garbage](file.read_bytes()))
    run(cloud, cache)
    run(cloud, cache)
    assert cloud.tokens_issued() == 2
    assert stat.S_IMODE(file.lstat().st_mode) == 0o600


def planted_link(file: Path) -> None:
    file.rename(file.with_suffix(".elsewhere"))
    file.symlink_to(file.with_suffix(".elsewhere"))


def planted_directory(file: Path) -> None:
    file.unlink()
    file.mkdir(mode=0o700)


def planted_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file, 0o600)


def open_to_others(file: Path) -> None:
    file.chmod(0o644)


def somebody_elses(file: Path) -> None:
    file.chmod(0o640)
    if os.geteuid() == 0:
        file.chmod(0o600)
        os.chown(file, NOBODY, NOBODY)


def directory_open_to_others(file: Path) -> None:
    file.parent.chmod(0o777)


PLANTED = [planted_link, planted_directory, planted_pipe, open_to_others, somebody_elses, directory_open_to_others]


@pytest.mark.parametrize("plant", PLANTED)
def test_what_others_may_have_planted_is_not_trusted(
    cloud: Cloud, cache: Path, file: Path, plant: Callable[[Path], None]
) -> None:
    # A token that would be noticed: it is as good as any, but of a client that may only read.
    content = {**json.loads(file.read_text(encoding="utf-8")), "text": cloud.issue_token("readonly")}
    file.write_text(json.dumps(content), encoding="utf-8")
    plant(file)
    run(cloud, cache)
    mine = [entry["client"] for entry in cloud.simulator.journal()[-1:]]
    assert mine == [cloud.simulator.client_id]
    (warning,) = cloud.warnings
    assert "token cache" in warning


@pytest.mark.parametrize("place", ["file/tokens", "x" * 300])
def test_a_directory_that_cannot_be_made_only_warns(cloud: Cloud, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    client = cloud.connect(cache=str(tmp_path / place))
    for _unused in range(3):
        client.get("tenants", cloud.simulator.tenant_id)
    assert cloud.tokens_issued() == 1
    (warning,) = cloud.warnings
    assert "token cache" in warning


def test_a_lock_that_cannot_be_taken_only_warns(cloud: Cloud, cache: Path, file: Path) -> None:
    (lock,) = set(cache.iterdir()) - {file}
    lock.unlink()
    lock.mkdir()
    file.unlink()
    run(cloud, cache)
    assert cloud.tokens_issued() == 2
    (warning,) = cloud.warnings
    assert "lock" in warning


def test_two_accounts_side_by_side_keep_their_own(cloud: Cloud, cache: Path) -> None:
    settings = [cloud.settings(cache=str(cache), client=name) for name in ("admin", "partner")]
    for one in [*settings, *settings]:
        AcronisClient(dataclasses.replace(one), cloud.warnings.append).own_tenant_id()
    assert (cloud.tokens_issued(), cloud.warnings) == (2, [])
