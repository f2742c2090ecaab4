# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clock that tests move: everything about the server's time follows it. And the way back to the start."""

from __future__ import annotations

import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from ..process import Simulator, SimulatorError
from .api import Api, error
from .conftest import Make
from .waiting import wait_until

# What a controller may believe, and days that are not like others.
MOMENTS = ["1970-01-02T00:00:10Z", "2028-02-29T23:59:50Z", "2027-12-31T23:59:50Z", "2099-06-01T12:00:00+02:00"]


def seconds(text: str) -> float:
    """Seconds since 1970 of an ISO time."""
    return datetime.fromisoformat(text).timestamp()


def assert_just_after(when: float, moment: str) -> None:
    """Between a moment and as much later as a slow machine needs."""
    assert 0 <= when - int(seconds(moment)) < 60


@pytest.mark.parametrize("moment", MOMENTS)
def test_everything_follows_it(cloud: Simulator, make: Make, moment: str) -> None:
    cloud.set_clock(moment)
    api = Api(cloud)
    token = api.request_token()
    assert_just_after(parsedate_to_datetime(token.headers["Date"]).timestamp(), moment)
    assert_just_after(token.json()["expires_on"] - 7200, moment)
    claims = json.loads(base64.urlsafe_b64decode(token.json()["access_token"].split(".")[1] + "=="))
    assert_just_after(claims["iat"], moment)
    assert_just_after(claims["exp"] - 7200, moment)
    tenant = make()
    assert api.put_mfa(tenant["id"], True).status_code == 200
    seen = api.get(f"/tenants/{tenant['id']}").json()
    assert_just_after(seconds(seen["created_at"]), moment)
    assert_just_after(seconds(seen["updated_at"]), moment)
    assert_just_after(seconds(api.get("/tenants", subtree_root_id=cloud.tenant_id).json()["timestamp"]), moment)
    assert_just_after(cloud.journal()[-1]["time"], moment)
    assert_just_after(seconds(cloud.clock()), moment)
    cloud.set_clock(None)
    assert abs(seconds(cloud.clock()) - time.time()) < 60


def test_it_goes_on_from_where_it_was_set(cloud: Simulator) -> None:
    cloud.set_clock("2028-02-29T23:59:59.990Z")
    wait_until(lambda: cloud.clock().startswith("2028-03-01T00:0"))


def test_it_can_be_advanced(cloud: Simulator) -> None:
    cloud.set_clock("2028-02-29T12:00:00Z")
    cloud.advance(86400)
    assert cloud.clock().startswith("2028-03-01T12:0")


def test_every_answer_shows_it(api: Api) -> None:
    cloud, moment = api.cloud, "2028-02-29T23:59:50Z"
    cloud.set_clock(moment)
    path, answers = f"/tenants/{cloud.tenant_id}", [api.get("/idp/external-login"), api.get("/nothing")]
    for kind in ("rate_limited", "error_text", "error_html", "unavailable", "expired_token", "error_after", "not_json"):
        cloud.fault(kind)
        answers.append(api.get(path))
    cloud.fault("redirect", location="http://other.example/")
    answers.append(api.get(path))
    cloud.fault("cut_off")
    answers.append(api.session.get(cloud.base_url + path, stream=True, timeout=60))
    answers.append(cloud.session.get(f"{cloud.url}/_control/counters", timeout=60))
    cloud.settings(rate_limit={"requests_per_second": 0.01, "retry_after": "date"})
    answers += [api.get(path), api.get(path)]
    assert answers[-1].status_code == 429
    assert_just_after(parsedate_to_datetime(answers[-1].headers["Retry-After"]).timestamp() - 1, moment)
    for answer in answers:
        assert_just_after(parsedate_to_datetime(answer.headers["Date"]).timestamp(), moment)
        answer.close()


def test_tokens_live_by_it(cloud: Simulator, make: Make) -> None:
    cloud.set_clock("1970-01-02T00:00:00Z")
    user, old = make()["users"][0], Api(cloud)
    otts = [old.post("/idp/ott", {"login": user["login"], "purpose": "user_login"}).json()["ott"] for _unused in "12"]
    path = f"/tenants/{cloud.tenant_id}"
    # Nothing expires before its time, not even where the time has gone back.
    cloud.set_clock("1970-01-01T00:00:01Z")
    assert old.get(path).status_code == 200
    assert old.post("/idp/ott/login", {"ott": otts[0]}).status_code == 200
    cloud.set_clock(None)
    assert error(old.get(path)) == (401, 401)
    assert error(old.post("/idp/ott/login", {"ott": otts[1]})) == (401, 401)


def test_setting_it_does_not_fill_the_rate_limit(api: Api) -> None:
    api.cloud.settings(rate_limit={"requests_per_second": 0.01})
    path = f"/tenants/{api.cloud.tenant_id}"
    assert api.get(path).status_code == 200
    for moment in ("2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"):
        api.cloud.set_clock(moment)
        assert error(api.get(path)) == (429, 429)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/clock", {"now": "2028-02-29"}),
        ("/clock", {"now": "2028-02-30T00:00:00Z"}),
        ("/clock", {"now": "2028-02-29T00:00:00"}),
        ("/clock", {"now": "1969-12-31T23:59:59Z"}),
        ("/clock", {"now": "1970-01-01T00:00:00+02:00"}),
        ("/clock", {"now": "3000-01-01T00:00:00Z"}),
        ("/clock", {"now": 1}),
        ("/clock", {}),
        ("/clock", {"now": None, "then": None}),
        ("/advance", {"seconds": -1}),
        ("/advance", {"seconds": "1"}),
        ("/advance", {"seconds": True}),
        ("/advance", {"seconds": 1e9}),
        ("/advance", {}),
    ],
)
def test_what_is_no_time_is_refused(cloud: Simulator, path: str, body: dict[str, Any]) -> None:
    with pytest.raises(SimulatorError, match="400"):
        cloud.control("POST", path, body)
    assert cloud.control("GET", "/clock")["ahead"] == 0


def test_it_does_not_run_out_of_years(cloud: Simulator) -> None:
    cloud.set_clock("2999-12-31T12:00:00Z")
    with pytest.raises(SimulatorError, match="400"):
        cloud.advance(86400)
    assert cloud.clock().startswith("2999-12-31T12:")
    assert Api(cloud).get(f"/tenants/{cloud.tenant_id}").status_code == 200


def test_it_can_begin_at_another_time() -> None:
    with Simulator(tenants=10, now="2028-02-29T23:59:00Z") as cloud:
        for _again in range(2):
            assert_just_after(seconds(cloud.clock()), "2028-02-29T23:59:00Z")
            cloud.set_clock(None)
            cloud.reset()


def test_a_reset_puts_everything_back(cloud: Simulator, make: Make) -> None:
    def seen() -> list[Any]:
        return [cloud.tenants(), cloud.tenant(victim["id"]), cloud.settings(), cloud.control("GET", "/clients")]

    victim = next(one for one in cloud.tenants() if one["kind"] == "customer" and one["in_reach"])
    before = seen()
    api, member = Api(cloud), make()["users"][0]
    otts = [api.post("/idp/ott", {"login": member["login"], "purpose": "user_login"}).json()["ott"] for _unused in "12"]
    session = requests.Session()
    assert session.post(f"{cloud.base_url}/idp/ott/login", json={"ott": otts[0]}, timeout=60).status_code == 200
    assert session.get(f"{cloud.base_url}/users/me", timeout=60).status_code == 200
    after = api.get("/tenants", subtree_root_id=cloud.tenant_id, limit=1).json()["paging"]["cursors"]["after"]
    cloud.patch_user(before[1]["users"][0]["id"], login="renamed", deleted=True)
    cloud.patch_tenant(victim["id"], name="Renamed", enabled=False)
    cloud.delete_tenant(next(one["id"] for one in cloud.tenants() if one["kind"] == "partner" and one["level"] > 1))
    cloud.patch_client(cloud.client_id, "disabled")
    cloud.settings(latency_ms=1, token_lifetime=5, ott_lifetime=5, switches={"error_shape": "short"})
    cloud.settings(rate_limit={"requests_per_second": 1})
    cloud.fault("error_text")
    cloud.advance(1000)
    assert all(now != then for now, then in zip(seen(), before, strict=True))
    cloud.reset()
    assert seen() == before
    assert (cloud.faults(), cloud.journal(), cloud.counters()["total"]) == ([], [], 0)
    assert cloud.control("GET", "/clock")["ahead"] == 0
    # Tokens, sessions and cursors of before are not known any more; the clients are.
    assert error(api.get(f"/tenants/{cloud.tenant_id}")) == (401, 401)
    assert error(session.get(f"{cloud.base_url}/users/me", timeout=60)) == (401, 401)
    assert error(api.post("/idp/ott/login", {"ott": otts[1]})) == (401, 401)
    api.sign_in()
    assert api.get(f"/tenants/{cloud.tenant_id}").status_code == 200
    assert error(api.get("/tenants", after=after)) == (400, 400)


def test_a_connection_that_lives_on_is_counted_again(api: Api) -> None:
    api.get("/nothing")
    for _again in range(2):
        api.cloud.reset()
        for _unused in range(3):
            api.get("/nothing")
        assert api.cloud.counters()["connections"] == 1


def test_what_is_under_way_at_a_reset_changes_nothing_after_it(api: Api) -> None:
    tenant = next(
        one for one in api.cloud.tenants(api.cloud.tenant_id) if one["kind"] == "customer" and one["mfa"] == "disabled"
    )
    api.cloud.fault("hold")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(api.put_mfa, tenant["id"], True)
        api.cloud.wait_for_held()
        api.cloud.reset()
        answer.result(60)
    assert api.cloud.tenant(tenant["id"])["mfa"] == "disabled"
    assert (api.cloud.journal(), api.cloud.counters()["total"], api.cloud.counters()["in_flight"]) == ([], 0, 0)
