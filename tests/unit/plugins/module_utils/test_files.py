# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private files: whole or not at all, for their owner only, no symbolic link followed, one holder of a lock."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._errors import OptionError
from ansible_collections.tenantops.access.plugins.module_utils._files import (
    exclusive_lock,
    make_private_dir,
    read_private,
    write_private,
)

NOBODY = 65534


def mode(path: Path) -> int:
    """Its permission bits, nothing followed."""
    return stat.S_IMODE(path.lstat().st_mode)


def private_file(path: Path, content: bytes = b"content") -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path


@pytest.fixture
def careless() -> Iterator[None]:
    """A process whose new files are open to everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("careless")
class TestWriting:
    """write_private"""

    def test_a_new_file_is_for_its_owner_only(self, tmp_path: Path) -> None:
        path = tmp_path / "token"
        write_private(str(path), b"content")
        assert path.read_bytes() == b"content"
        assert mode(path) == 0o600

    def test_an_old_file_is_replaced_and_closed_to_others(self, tmp_path: Path) -> None:
        path = tmp_path / "token"
        path.write_bytes(b"something longer than the new content")
        path.chmod(0o666)
        write_private(str(path), b"new")
        assert path.read_bytes() == b"new"
        assert mode(path) == 0o600

    def test_a_symbolic_link_is_replaced_not_followed(self, tmp_path: Path) -> None:
        target = private_file(tmp_path / "target", b"untouched")
        path = tmp_path / "token"
        path.symlink_to(target)
        write_private(str(path), b"new")
        assert not path.is_symlink()
        assert path.read_bytes() == b"new"
        assert target.read_bytes() == b"untouched"

    @pytest.mark.parametrize("name", ["a", "-v", ".hidden", "a" * 240, "ü" * 120])
    def test_nothing_else_is_left_in_the_directory(self, tmp_path: Path, name: str) -> None:
        write_private(str(tmp_path / name), b"content")
        assert [path.name for path in tmp_path.iterdir()] == [name]

    def test_a_failure_leaves_nothing_behind(self, tmp_path: Path) -> None:
        (tmp_path / "directory").mkdir()
        with pytest.raises(OptionError):
            write_private(str(tmp_path / "directory"), b"content")
        assert [path.name for path in tmp_path.iterdir()] == ["directory"]
        assert list((tmp_path / "directory").iterdir()) == []

    @pytest.mark.parametrize("place", ["missing/token", "file/token", "nul\0byte"])
    def test_an_impossible_place_is_an_error_of_the_option(self, tmp_path: Path, place: str) -> None:
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(OptionError):
            write_private(str(tmp_path / place), b"content")

    def test_a_name_without_a_directory_is_in_the_current_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        write_private("token", b"content")
        assert read_private("token") == b"content"

    def test_a_reader_sees_the_old_or_the_new_content(self, tmp_path: Path) -> None:
        path = str(tmp_path / "token")
        contents = {b"a" * 200_000, b"b" * 200_000}
        write_private(path, b"a" * 200_000)

        def write() -> None:
            for content in [*contents] * 10:
                write_private(path, content)

        writer = threading.Thread(target=write)
        writer.start()
        reads = 0
        while writer.is_alive() or reads == 0:
            assert read_private(path) in contents
            reads += 1
        writer.join()


class TestReading:
    """read_private"""

    def test_a_private_file_is_read(self, tmp_path: Path) -> None:
        assert read_private(str(private_file(tmp_path / "token"))) == b"content"

    def test_no_file_is_none(self, tmp_path: Path) -> None:
        assert read_private(str(tmp_path / "token")) is None

    def test_a_symbolic_link_is_refused(self, tmp_path: Path) -> None:
        private_file(tmp_path / "target")
        (tmp_path / "token").symlink_to(tmp_path / "target")
        with pytest.raises(OptionError, match="symbolic link"):
            read_private(str(tmp_path / "token"))

    @pytest.mark.parametrize("bits", [0o644, 0o640, 0o604, 0o660, 0o606, 0o610])
    def test_a_file_that_others_may_use_is_refused(self, tmp_path: Path, bits: int) -> None:
        private_file(tmp_path / "token").chmod(bits)
        with pytest.raises(OptionError, match="0600"):
            read_private(str(tmp_path / "token"))

    def test_somebody_elses_file_is_refused(self, tmp_path: Path) -> None:
        path = Path("/etc/passwd")
        if os.geteuid() == 0:
            path = private_file(tmp_path / "token")
            os.chown(path, NOBODY, NOBODY)
        with pytest.raises(OptionError):
            read_private(str(path))

    def test_a_directory_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "token").mkdir(mode=0o700)
        with pytest.raises(OptionError):
            read_private(str(tmp_path / "token"))

    def test_a_pipe_is_refused_and_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "token", 0o600)
        with pytest.raises(OptionError):
            read_private(str(tmp_path / "token"))

    def test_an_impossible_path_is_an_error_of_the_option(self, tmp_path: Path) -> None:
        with pytest.raises(OptionError):
            read_private(str(tmp_path / "nul\0byte"))


class TestDirectories:
    """make_private_dir"""

    @pytest.mark.usefixtures("careless")
    @pytest.mark.parametrize("name", ["tokens", "tokens/", "tokens//", "a/b/tokens", "a/b/tokens/", "a/../tokens"])
    def test_a_new_directory_is_for_its_owner_only(self, tmp_path: Path, name: str) -> None:
        make_private_dir(f"{tmp_path}/{name}")
        assert mode(Path(os.path.normpath(tmp_path / name))) == 0o700

    def test_a_private_directory_is_accepted_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "tokens").mkdir(mode=0o700)
        (tmp_path / "tokens" / "kept").write_bytes(b"")
        make_private_dir(str(tmp_path / "tokens"))
        assert (tmp_path / "tokens" / "kept").exists()

    @pytest.mark.parametrize("bits", [0o770, 0o720, 0o702, 0o777, 0o1777])
    def test_a_directory_that_others_can_write_to_is_refused(self, tmp_path: Path, bits: int) -> None:
        (tmp_path / "tokens").mkdir()
        (tmp_path / "tokens").chmod(bits)
        with pytest.raises(OptionError, match="0700"):
            make_private_dir(str(tmp_path / "tokens"))

    def test_somebody_elses_directory_is_refused(self, tmp_path: Path) -> None:
        path = Path("/")
        if os.geteuid() == 0:
            path = tmp_path / "tokens"
            path.mkdir(mode=0o700)
            os.chown(path, NOBODY, NOBODY)
        with pytest.raises(OptionError):
            make_private_dir(str(path))

    @pytest.mark.parametrize("name", ["file", "file/tokens", "nul\0byte"])
    def test_what_cannot_be_a_directory_is_an_error_of_the_option(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(OptionError):
            make_private_dir(str(tmp_path / name))


class TestLocking:
    """exclusive_lock"""

    def test_one_holder_at_a_time(self, tmp_path: Path) -> None:
        path = str(tmp_path / "lock")
        inside = overlaps = entries = 0

        def enter() -> None:
            nonlocal inside, overlaps, entries
            for _unused in range(10):
                with exclusive_lock(path):
                    inside += 1
                    overlaps += inside > 1
                    threading.Event().wait(0.001)
                    entries += 1
                    inside -= 1

        threads = [threading.Thread(target=enter) for _unused in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (entries, overlaps) == (40, 0)

    def test_the_lock_is_free_again_after_a_failure(self, tmp_path: Path) -> None:
        path = str(tmp_path / "lock")
        with pytest.raises(KeyError), exclusive_lock(path):
            raise KeyError
        with exclusive_lock(path):
            assert mode(tmp_path / "lock") == 0o600

    @pytest.mark.parametrize("prepare", [Path.mkdir, lambda path: path.symlink_to("elsewhere")])
    def test_a_lock_file_that_is_none_is_an_error_of_the_option(
        self, tmp_path: Path, prepare: Callable[[Path], None]
    ) -> None:
        prepare(tmp_path / "lock")
        with pytest.raises(OptionError), exclusive_lock(str(tmp_path / "lock")):
            pass
        assert not (tmp_path / "elsewhere").exists()
