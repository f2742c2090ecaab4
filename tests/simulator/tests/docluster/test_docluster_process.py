# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The process: its options, its ready file, its end."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from ...__main__ import main
from ...process import TESTS, Simulator
from .talk import Talk

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(TESTS)}
START = [sys.executable, "-m", "simulator", "docluster"]


def test_ready_file(each: Talk) -> None:
    ready = each.simulator.ready
    assert sorted(ready) == ["control_url", "password", "pid", "profile", "url", "username"]
    assert ready["pid"] == each.simulator.process.pid
    assert ready["url"] != ready["control_url"]
    assert len(ready["password"]) >= 16


@pytest.mark.parametrize(("profile", "seconds"), [("manual", 600), ("old", 60), ("head", 300)])
def test_defaults(profile: str, seconds: int) -> None:
    with Simulator("docluster", arguments=["--profile", profile]) as simulator:
        assert simulator.settings() == {
            "profile": profile,
            "cluster": "created",
            "token_timeout": seconds,
            "latency_ms": 0,
            "election_seconds": 4.0,
            "status_seconds": 4.0,
            "master": True,
            "nodes": 1,
            "offline_nodes": [],
            "client_ip": None,
            "join": "offline",
        }
        assert simulator.stop() == 0


def test_several_addresses_share_a_port() -> None:
    arguments = ["--host", "127.0.0.1", "--host", "127.0.0.2", "--cluster=none", "--master=false"]
    with Simulator("docluster", arguments=arguments) as simulator:
        talk = Talk(simulator)
        token = talk.login()
        other = f"http://127.0.0.2:{urlsplit(simulator.url).port}/api/login"
        assert simulator.session.post(other, timeout=60).json()["error"] == "wrong token"
        assert talk.call("login", access_token=token)["error"] == "cluster not created"
        with pytest.raises(requests.ConnectionError):
            simulator.session.post(other.replace("127.0.0.2", "127.0.0.3"), timeout=60)
        talk.close()


def test_the_ready_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    process = subprocess.Popen(
        [*START, "--ready-file", str(path)], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    ready = json.loads(path.read_text(encoding="utf-8"))
    process.terminate()
    rest, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["ready.json"]
    assert ready["url"] in line
    assert ready["password"] not in line
    assert (rest, errors) == ("", "")


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    command = [*START, "--exit-with-parent", "--ready-file", str(path)]
    # The parent waits for the simulator to be ready, then ends without a word to it. The pipe closes when the last
    # process that holds it has ended: reading it to its end waits for the simulator.
    parent = (
        "import os, subprocess, sys, time\n"
        "subprocess.Popen(sys.argv[2:])\n"
        "while not os.path.exists(sys.argv[1]): time.sleep(0.02)\n"
        "os._exit(0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", parent, str(path), *command],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    ready = json.loads(path.read_text(encoding="utf-8"))
    assert ready["url"] in done.stdout
    address = urlsplit(ready["url"])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname, address.port), timeout=60)


@pytest.mark.parametrize(
    "arguments", [["--profile", "new"], ["--master", "perhaps"], ["--now", "2028-02-29"], ["--now", "tomorrow"]]
)
def test_options_that_make_no_sense(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["docluster", *arguments])
    assert caught.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--token-timeout=-1"], ["--nodes", "99"], ["--host", "192.0.2.1"]])
def test_what_cannot_be_served(arguments: list[str]) -> None:
    done = subprocess.run(
        [*START, *arguments], env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
