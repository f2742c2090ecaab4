# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts a simulator as a process of its own, and orders and asks through its control interface.
Needs the standard library and requests only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import requests

TESTS = Path(__file__).resolve().parents[1]


class SimulatorError(Exception):
    """The simulator did not start, or refused a control request."""


class Simulator:
    """A running simulator; a context manager that stops it at the end.

    ``kind`` is the subcommand. ``now`` is the time there at the start, such as 2028-02-29T23:59:58Z. ``tenants``,
    ``seed``, ``estate``, ``users_per_tenant``, ``token_lifetime`` (seconds), ``latency_ms``, ``switches`` and the paths
    ``tls_cert`` and ``tls_key`` are options of "acronis"; ``arguments`` are further words of the command line.
    ``python`` is the interpreter, which must have the packages of requirements.txt. ``start_timeout`` is in seconds.
    Raises SimulatorError when the process ends or is not ready in time.
    """

    def __init__(
        self,
        kind: str = "acronis",
        *,
        tenants: int | None = None,
        seed: int | None = None,
        estate: str | None = None,
        users_per_tenant: str | None = None,
        token_lifetime: float | None = None,
        latency_ms: float | None = None,
        now: str | None = None,
        switches: dict[str, str] | None = None,
        arguments: Sequence[str] = (),
        tls_cert: str | None = None,
        tls_key: str | None = None,
        python: str = sys.executable,
        start_timeout: float = 60.0,
    ) -> None:
        options = {
            "--tenants": tenants,
            "--seed": seed,
            "--estate": estate,
            "--users-per-tenant": users_per_tenant,
            "--token-lifetime": token_lifetime,
            "--latency-ms": latency_ms,
            "--now": now,
            "--tls-cert": tls_cert,
            "--tls-key": tls_key,
        }
        self.command = [python, "-m", "simulator", kind]
        for name, value in options.items():
            if value is not None:
                self.command.append(f"{name}={value}")
        for name, text in (switches or {}).items():
            self.command.append(f"--switch={name}={text}")
        self.command.extend(arguments)
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = tls_cert or True
        self.ready: dict[str, Any] = {}
        self._start(start_timeout)

    def _start(self, timeout: float) -> None:
        """Run the process and wait for its ready file."""
        paths = [str(TESTS), os.environ.get("PYTHONPATH", "")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
        with tempfile.TemporaryDirectory(prefix="simulator-") as folder:
            ready = Path(folder, "ready.json")
            command = [*self.command, f"--ready-file={ready}", "--exit-with-parent"]
            self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
            deadline = time.monotonic() + timeout
            while not ready.exists():
                if self.process.poll() is not None:
                    raise SimulatorError(f"exit code {self.process.returncode}: {' '.join(self.command)}")
                if time.monotonic() > deadline:
                    self.stop()
                    raise SimulatorError(f"not ready after {timeout} s: {' '.join(self.command)}")
                time.sleep(0.02)
            self.ready = json.loads(ready.read_text(encoding="utf-8"))

    def __enter__(self) -> Simulator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return str(self.ready["url"])

    @property
    def base_url(self) -> str:
        """What all paths of the API begin with."""
        return str(self.ready["base_url"])

    @property
    def client_id(self) -> str:
        """Id of the main API client."""
        return str(self.ready["client_id"])

    @property
    def client_secret(self) -> str:
        """Secret of the main API client."""
        return str(self.ready["client_secret"])

    @property
    def tenant_id(self) -> str:
        """The tenant of the main API client."""
        return str(self.ready["tenant_id"])

    @property
    def clients(self) -> dict[str, dict[str, Any]]:
        """All preset clients by name."""
        return dict(self.ready["clients"])

    def stop(self, timeout: float = 10.0) -> int:
        """Stop the process, by force after ``timeout`` seconds; returns its exit code."""
        self.session.close()
        self.process.terminate()
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One request to the control interface; raises SimulatorError when it is refused."""
        answer = self.session.request(method, self.ready["control_url"] + path, json=body, timeout=60)
        if answer.status_code != 200:
            raise SimulatorError(f"{method} {path}: HTTP {answer.status_code} {answer.text[:500]}")
        content: dict[str, Any] = answer.json()
        return content

    def _items(self, path: str) -> list[dict[str, Any]]:
        """The items of an answer of the control interface."""
        return list(self.control("GET", path)["items"])

    def counters(self) -> dict[str, Any]:
        """What was counted since the start or the last reset."""
        return self.control("GET", "/counters")

    def reset_counters(self) -> None:
        """Count anew."""
        self.control("POST", "/counters/reset")

    def journal(self, since: int = 0) -> list[dict[str, Any]]:
        """The requests with a number above ``since``, oldest first."""
        return self._items(f"/journal?since={since}")

    def fault(self, kind: str, **wanted: Any) -> int:
        """Order a fault; returns its id."""
        return int(self.control("POST", "/faults", {"kind": kind, **wanted})["id"])

    def faults(self) -> list[dict[str, Any]]:
        """The faults that were ordered, with how often they hit."""
        return self._items("/faults")

    def clear_faults(self) -> None:
        """Forget all faults."""
        self.control("DELETE", "/faults")

    def release(self, fault: int | None = None) -> int:
        """Let go on what a fault of kind ``hold`` or ``hold_after`` holds, or what all hold; how many requests."""
        return int(self.control("POST", "/release", {} if fault is None else {"id": fault})["released"])

    def held(self, fault: int | None = None) -> int:
        """How many requests are held, by one fault or by all."""
        return sum(one["held"] for one in self.faults() if fault in (None, one["id"]))

    def wait_for_held(self, count: int = 1, fault: int | None = None, timeout: float = 60.0) -> None:
        """Return when at least ``count`` requests are held; raises SimulatorError after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while (held := self.held(fault)) < count:
            if time.monotonic() > deadline:
                raise SimulatorError(f"after {timeout} s, {held} requests are held instead of {count}")
            time.sleep(0.005)

    def reset(self) -> None:
        """Put everything back as it was at the start."""
        self.control("POST", "/reset")

    def advance(self, seconds: float) -> None:
        """Let time pass for the simulated server."""
        self.control("POST", "/advance", {"seconds": seconds})

    def set_clock(self, now: str | None) -> None:
        """Make it this time there, such as 2028-02-29T23:59:58Z; None for the real time."""
        self.control("POST", "/clock", {"now": now})

    def clock(self) -> str:
        """What time it is there."""
        return str(self.control("GET", "/clock")["now"])

    def settings(self, **wanted: Any) -> dict[str, Any]:
        """Change settings, if any are given, and return all of them."""
        return self.control("PATCH", "/settings", wanted) if wanted else self.control("GET", "/settings")

    def expire_tokens(self, client_id: str | None = None) -> None:
        """Make the access tokens issued until now invalid, of one client or of all."""
        self.control("POST", "/tokens/expire", {"client_id": client_id} if client_id else {})

    def patch_client(self, client_id: str, status: str) -> dict[str, Any]:
        """Enable or disable an API client."""
        return self.control("PATCH", f"/clients/{client_id}", {"status": status})

    def tenants(self, subtree_root_id: str | None = None) -> list[dict[str, Any]]:
        """The truth about all tenants, or about those of a subtree, parents before children."""
        return self._items(f"/tenants?subtree_root_id={subtree_root_id}" if subtree_root_id else "/tenants")

    def tenant(self, tenant_id: str) -> dict[str, Any]:
        """The truth about one tenant, with its users."""
        return self.control("GET", f"/tenants/{tenant_id}")

    def patch_tenant(self, tenant_id: str, **changes: Any) -> dict[str, Any]:
        """Change a tenant as somebody else would."""
        return self.control("PATCH", f"/tenants/{tenant_id}", changes)

    def create_tenant(self, **wanted: Any) -> dict[str, Any]:
        """Create a tenant as somebody else would."""
        return self.control("POST", "/tenants", wanted)

    def delete_tenant(self, tenant_id: str) -> dict[str, Any]:
        """Delete a tenant and all below as somebody else would."""
        return self.control("DELETE", f"/tenants/{tenant_id}")

    def user(self, user_id: str) -> dict[str, Any]:
        """The truth about one user."""
        return self.control("GET", f"/users/{user_id}")

    def patch_user(self, user_id: str, **changes: Any) -> dict[str, Any]:
        """Change a user as somebody else would."""
        return self.control("PATCH", f"/users/{user_id}", changes)
