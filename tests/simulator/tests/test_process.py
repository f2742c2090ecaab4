# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starting and stopping: options, the ready file, signals, TLS and parents that go away."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from ..__main__ import main
from ..process import TESTS, Simulator, SimulatorError
from .waiting import Unanswered, wait_until

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(TESTS)}
COMMAND = [sys.executable, "-m", "simulator", "acronis"]


def wait_for(path: Path) -> None:
    """Wait until a file is there."""
    wait_until(path.exists)


def is_gone(process_id: int) -> bool:
    """Whether a process has ended; one that nobody has asked for its exit code yet has."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    ready = tmp_path / "ready.json"
    process = subprocess.Popen(
        [*COMMAND, f"--ready-file={ready}"], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_for(ready)
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    content = json.loads(ready.read_text(encoding="utf-8"))
    assert (process.returncode, errors) == (0, "")
    assert output == f"acronis simulator on {content['base_url']}, tenant {content['tenant_id']}\n"


def test_the_ready_file(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with subprocess.Popen([*COMMAND, f"--ready-file={ready}"], env=ENVIRONMENT, stdout=subprocess.DEVNULL) as process:
        wait_for(ready)
        content = json.loads(ready.read_text(encoding="utf-8"))
        assert stat.S_IMODE(ready.stat().st_mode) == 0o600
        assert [path.name for path in tmp_path.iterdir()] == ["ready.json"]
        process.terminate()
    assert content["pid"] == process.pid
    assert content["base_url"] == content["url"] + "/api/2"
    assert content["control_url"] == content["url"] + "/_control"
    admin = content["clients"]["admin"]
    assert (content["client_id"], content["client_secret"]) == (admin["client_id"], admin["client_secret"])
    assert content["tenant_id"] == admin["tenant_id"]
    assert {client["auth_method"] for client in content["clients"].values()} == {
        "client_secret_basic",
        "client_secret_post",
    }
    assert set(content["clients"]) >= {"admin", "readonly", "post", "disabled", "partner", "customer"}
    assert len({client["client_id"] for client in content["clients"].values()}) == len(content["clients"])


@pytest.mark.parametrize(
    "option",
    [
        "--tenants=9",
        "--tenants=100001",
        "--tenants=many",
        "--users-per-tenant=8-3",
        "--users-per-tenant=x",
        "--estate=empty",
        "--switch=nonsense=1",
        "--switch=disable",
        "--switch=disable=later",
        "--now=yesterday",
        "--now=2028-02-29T23:59:58",
        "--now=1969-12-31T00:00:00Z",
        "--unknown",
    ],
)
def test_wrong_options_are_errors(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["acronis", option])
    assert caught.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_a_wrong_option_is_the_exit_code() -> None:
    command = [*COMMAND, "--tenants=9"]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "error:" in done.stderr


@pytest.mark.parametrize("kind", ["acronis", "docluster"])
@pytest.mark.parametrize("fault", ["hold", "hold_after"])
def test_it_stops_while_it_holds_requests(kind: str, fault: str) -> None:
    with Simulator(kind) as simulator:
        simulator.fault(fault, times=None)
        url = f"{simulator.url}/api/2/idp/logout"
        # One client has gone, another one waits for its answer.
        with Unanswered("GET", url):
            simulator.wait_for_held()
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(requests.get, url, timeout=60)
            simulator.wait_for_held(2)
            assert simulator.stop(60) == 0
            with pytest.raises(requests.ConnectionError):
                answer.result(60)


def test_the_launcher_tells_when_it_fails() -> None:
    with pytest.raises(SimulatorError, match="exit code 2"):
        Simulator(switches={"nonsense": "1"})


def test_switches_and_settings_from_the_command_line() -> None:
    with Simulator(
        tenants=10, switches={"disable": "polls:2"}, token_lifetime=99, latency_ms=1, arguments=["--host=localhost"]
    ) as cloud:
        settings = cloud.settings()
        assert settings["switches"]["disable"] == "polls:2"
        assert (settings["token_lifetime"], settings["latency_ms"]) == (99, 1)
        assert cloud.url.startswith("http://localhost:")
        running = cloud.process.pid
    assert is_gone(running)


def test_it_does_not_outlive_its_parent(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    script = "import subprocess, sys, time; subprocess.Popen(sys.argv[1:]); time.sleep(60)"
    command = [sys.executable, "-c", script, *COMMAND, f"--ready-file={ready}", "--exit-with-parent"]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL) as parent:
        wait_for(ready)
        process_id = json.loads(ready.read_text(encoding="utf-8"))["pid"]
        assert Path(f"/proc/{process_id}").exists()
        parent.kill()
    wait_until(lambda: is_gone(process_id))


def test_tls(tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=simulator"
        f" -addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {certificate}".split(),
        check=True,
        capture_output=True,
    )
    with Simulator(tenants=10, tls_cert=str(certificate), tls_key=str(key)) as cloud:
        assert cloud.base_url.startswith("https://127.0.0.1:")
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(cloud.base_url, timeout=60)
        url = f"{cloud.base_url}/tenants/{cloud.tenant_id}"
        pair = (cloud.client_id, cloud.client_secret)
        assert requests.get(url, auth=pair, verify=str(certificate), timeout=60).status_code == 200
        cloud.fault("reset_before")
        with pytest.raises(requests.ConnectionError):
            requests.get(url, auth=pair, verify=str(certificate), timeout=60)
