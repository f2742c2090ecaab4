# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults, latency and the rate limit: each kind, and which requests it hits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from ..faults import KINDS
from ..process import Simulator, SimulatorError
from .api import Api, error
from .conftest import Make
from .waiting import Unanswered, wait_until

STATUS = "/tenants/{id}/mfa/status"


def put(api: Api, tenant: dict[str, Any]) -> requests.Response:
    """Switch MFA on."""
    return api.put_mfa(tenant["id"], True)


def was_changed(api: Api, tenant: dict[str, Any]) -> bool:
    """Whether MFA is on in truth."""
    return bool(api.cloud.tenant(tenant["id"])["mfa"] == "enabled")


def test_every_kind_has_a_test() -> None:
    words = " ".join(name for name in globals() if name.startswith("test_"))
    assert [kind for kind in KINDS if f"test_{kind}" not in words] == []


@pytest.mark.parametrize("status", [429, 503])
def test_rate_limited(api: Api, make: Make, status: int) -> None:
    tenant = make()
    for retry_after in ("1", "7.5", "soon", None):
        api.cloud.fault("rate_limited", status=status, retry_after=retry_after)
        answer = put(api, tenant)
        assert error(answer) == (status, status)
        assert answer.headers.get("Retry-After") == retry_after
    api.cloud.fault("rate_limited", status=status, retry_after="date:+30")
    answer = put(api, tenant)
    when, now = (parsedate_to_datetime(answer.headers[name]).timestamp() for name in ("Retry-After", "Date"))
    # A second may begin between the two.
    assert when - now in (29, 30)
    assert not was_changed(api, tenant)
    assert put(api, tenant).status_code == 200


def test_error_text(api: Api, make: Make) -> None:
    tenant = make()
    api.cloud.fault("error_text")
    answer = put(api, tenant)
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert answer.headers["Content-Type"] == "text/plain"
    assert not was_changed(api, tenant)


def test_error_html(api: Api, make: Make) -> None:
    tenant = make()
    api.cloud.fault("error_html")
    answer = put(api, tenant)
    assert answer.status_code == 502
    assert answer.headers["Content-Type"] == "text/html"
    assert answer.text.startswith("<html>")
    assert not was_changed(api, tenant)


def test_unavailable(api: Api, make: Make) -> None:
    tenant = make()
    api.cloud.fault("unavailable")
    answer = put(api, tenant)
    assert error(answer) == (503, 503)
    assert "Retry-After" not in answer.headers
    assert not was_changed(api, tenant)


def test_platform_error(api: Api, make: Make) -> None:
    tenant = make()
    api.cloud.fault("platform_error", status=409, code=1001, message="Version mismatch")
    answer = put(api, tenant)
    assert error(answer) == (409, 1001)
    assert answer.json()["error"]["message"] == "Version mismatch"
    assert not was_changed(api, tenant)


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_reset_before_and_test_reset_after(api: Api, make: Make, kind: str) -> None:
    tenant = make()
    api.cloud.fault(kind)
    with pytest.raises(requests.ConnectionError) as caught:
        put(api, tenant)
    assert "reset" in str(caught.value).lower()
    assert was_changed(api, tenant) is (kind == "reset_after")
    assert api.cloud.journal()[-1]["status"] == 0
    assert put(api, tenant).status_code == 200


def test_redirect(api: Api) -> None:
    for status in (302, 307):
        api.cloud.fault("redirect", location="http://other.example/api/2/", status=status)
        answer = api.get(f"/tenants/{api.cloud.tenant_id}")
        assert (answer.status_code, answer.headers["Location"]) == (status, "http://other.example/api/2/")


def test_expired_token(api: Api) -> None:
    api.cloud.fault("expired_token")
    assert error(api.get(f"/tenants/{api.cloud.tenant_id}")) == (401, 401)
    assert api.get(f"/tenants/{api.cloud.tenant_id}").status_code == 200


@pytest.mark.parametrize("kind", ["slow", "slow_after"])
def test_slow_and_test_slow_after(api: Api, make: Make, kind: str) -> None:
    tenant = make()
    api.cloud.fault(kind, seconds=600)
    with Unanswered.put_mfa(api, tenant) as request:
        wait_until(lambda: api.cloud.faults()[0]["hits"])
        assert was_changed(api, tenant) is (kind == "slow_after")
        assert request.is_waiting()
    api.cloud.fault(kind, seconds=0.01)
    assert put(api, tenant).status_code == 200


@pytest.mark.parametrize("kind", ["hold", "hold_after"])
def test_hold_and_test_hold_after(api: Api, make: Make, kind: str) -> None:
    tenant = make()
    number = api.cloud.fault(kind, method="PUT")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(put, api, tenant)
        api.cloud.wait_for_held(1, number)
        assert was_changed(api, tenant) is (kind == "hold_after")
        # Others are not held, nor is the control interface.
        assert Api(api.cloud).get(f"/tenants/{tenant['id']}").status_code == 200
        assert not answer.done()
        assert api.cloud.release(number) == 1
        assert answer.result(60).status_code == 200
    assert was_changed(api, tenant)
    assert (api.cloud.held(), api.cloud.release()) == (0, 0)


def test_a_held_request_is_handled_although_its_client_has_gone(api: Api, make: Make) -> None:
    tenant = make()
    api.cloud.fault("hold")
    with Unanswered.put_mfa(api, tenant):
        api.cloud.wait_for_held()
    assert not was_changed(api, tenant)
    assert api.cloud.release() == 1
    wait_until(lambda: was_changed(api, tenant))
    # Nothing of it is left.
    wait_until(lambda: not api.cloud.counters()["in_flight"])
    assert api.cloud.held() == 0


def test_forgotten_faults_hold_nothing(api: Api, make: Make) -> None:
    tenant = make()
    api.cloud.fault("hold")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(put, api, tenant)
        api.cloud.wait_for_held()
        api.cloud.clear_faults()
        assert answer.result(60).status_code == 200


def test_each_fault_holds_its_own(api: Api, make: Make) -> None:
    tenants = [make(), make()]
    numbers = [api.cloud.fault("hold", path=f"/api/2/tenants/{one['id']}/mfa/status") for one in tenants]
    apis = [Api(api.cloud) for _unused in tenants]
    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(put, *pair) for pair in zip(apis, tenants, strict=True)]
        api.cloud.wait_for_held(2)
        assert [api.cloud.held(number) for number in numbers] == [1, 1]
        assert api.cloud.release(numbers[1]) == 1
        assert answers[1].result(60).status_code == 200
        assert (api.cloud.held(), answers[0].done()) == (1, False)
        assert api.cloud.release() == 1
        assert answers[0].result(60).status_code == 200


def test_waiting_for_what_is_not_held_ends(cloud: Simulator) -> None:
    with pytest.raises(SimulatorError, match="0 requests are held instead of 1"):
        cloud.wait_for_held(timeout=0.05)


@pytest.mark.parametrize("body", [{"id": 7}, {"id": "1"}, {"id": True}, {"fault": 1}])
def test_a_release_of_nothing_is_refused(cloud: Simulator, body: dict[str, Any]) -> None:
    with pytest.raises(SimulatorError, match="400"):
        cloud.control("POST", "/release", body)


def test_error_after(api: Api, make: Make) -> None:
    tenant = make()
    api.cloud.fault("error_after", status=504)
    answer = put(api, tenant)
    assert (answer.status_code, answer.text) == (504, "Internal Server Error")
    assert was_changed(api, tenant)


def test_cut_off(api: Api, make: Make) -> None:
    tenant = make()
    api.cloud.fault("cut_off")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        put(api, tenant)
    assert was_changed(api, tenant)


def test_cut_off_clean(api: Api) -> None:
    api.cloud.fault("cut_off_clean")
    answer = api.get(f"/tenants/{api.cloud.tenant_id}")
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_wrong_types(api: Api) -> None:
    api.cloud.fault("wrong_types", fields={"users_count": "seven", "update_lock": None, "nothing": 1})
    assert api.mfa(api.cloud.tenant_id)["users_count"] == "seven"
    api.cloud.fault("wrong_types", fields={"update_lock": None, "types": 5, "nothing": 1})
    item = api.get("/tenants", uuids=api.cloud.tenant_id).json()["items"][0]
    assert (item["update_lock"], item["contact"]["types"]) == (None, 5)
    assert "nothing" not in item


def test_drop_fields(api: Api) -> None:
    api.cloud.fault("drop_fields", names=["kind", "email", "timestamp"])
    content = api.get("/tenants", uuids=api.cloud.tenant_id).json()
    assert "timestamp" not in content
    assert "kind" not in content["items"][0]
    assert "email" not in content["items"][0]["contact"]
    assert "name" in content["items"][0]


def test_not_json(api: Api) -> None:
    api.cloud.fault("not_json")
    answer = api.get(f"/tenants/{api.cloud.tenant_id}")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.text.startswith("<html>")
    api.cloud.fault("not_json", body="[1, 2]", content_type="text/html")
    answer = api.get(f"/tenants/{api.cloud.tenant_id}")
    assert (answer.status_code, answer.json(), answer.headers["Content-Type"]) == (200, [1, 2], "text/html")


def test_empty_body(api: Api, make: Make) -> None:
    tenant = make()
    api.cloud.fault("empty_body")
    answer = put(api, tenant)
    assert (answer.status_code, answer.content) == (200, b"")
    assert was_changed(api, tenant)


def test_drop_page_and_test_duplicate_items(api: Api, make: Make) -> None:
    partner = make(kind="partner")
    children = [make(parent_id=partner["id"])["id"] for _unused in range(3)]

    def seen() -> list[str]:
        return [item["id"] for item in api.get("/tenants", parent_id=partner["id"]).json()["items"]]

    api.cloud.fault("drop_page")
    assert seen() == children[:2]
    api.cloud.fault("drop_page", count=2)
    assert seen() == children[:1]
    api.cloud.fault("duplicate_items", count=2)
    assert seen() == children + children[1:]
    assert seen() == children


def test_loop_cursor(api: Api, make: Make) -> None:
    partner = make(kind="partner")
    for _unused in range(3):
        make(parent_id=partner["id"])
    api.cloud.fault("loop_cursor", times=None)
    after = api.get("/tenants", parent_id=partner["id"], limit=1).json()["paging"]["cursors"]["after"]
    for _unused in range(3):
        content = api.get("/tenants", after=after, limit=2).json()
        assert content["paging"]["cursors"]["after"] == after
        assert len(content["items"]) == 2


def test_a_fault_skips_hits_and_ends(api: Api) -> None:
    number = api.cloud.fault("error_text", after=2, times=2)
    statuses = [api.get(f"/tenants/{api.cloud.tenant_id}").status_code for _unused in range(6)]
    assert statuses == [200, 200, 500, 500, 200, 200]
    (listed,) = api.cloud.faults()
    assert (listed["id"], listed["kind"], listed["seen"], listed["hits"]) == (number, "error_text", 4, 2)
    api.cloud.clear_faults()
    assert api.cloud.faults() == []


def test_a_fault_is_for_what_fits(api: Api, make: Make) -> None:
    tenant, other = make(), make()
    api.cloud.fault("error_text", method="PUT", route=STATUS, path=f"/api/2/tenants/{tenant['id']}/mfa/status")
    assert api.mfa(tenant["id"])["mfa_status"] == "disabled"
    assert put(api, other).status_code == 200
    assert put(api, tenant).status_code == 500
    api.cloud.fault("error_text", route="/idp/token")
    assert api.get(f"/tenants/{tenant['id']}").status_code == 200
    assert api.request_token().status_code == 500


def test_faults_can_be_a_matter_of_luck(api: Api) -> None:
    def statuses() -> list[int]:
        api.cloud.clear_faults()
        api.cloud.fault("error_text", times=None, probability=0.5, seed=3)
        return [api.get("/idp/nothing").status_code for _unused in range(40)]

    first = statuses()
    assert set(first) == {404, 500}
    assert statuses() == first


def test_the_first_fault_that_hits_counts(api: Api) -> None:
    api.cloud.fault("error_text")
    api.cloud.fault("unavailable")
    assert [api.get("/x").status_code for _unused in range(3)] == [500, 503, 404]


@pytest.mark.parametrize(
    "wanted",
    [
        {"kind": "nonsense"},
        {"kind": "slow"},
        {"kind": "slow", "seconds": "1"},
        {"kind": "error_text", "seconds": 1},
        {"kind": "error_text", "times": "1"},
        {"kind": "error_text", "probability": "often"},
        {"kind": "drop_fields", "names": "kind"},
        {"kind": "wrong_types", "fields": []},
        {"kind": "platform_error", "status": 400},
    ],
)
def test_wrong_orders_are_refused(cloud: Simulator, wanted: dict[str, Any]) -> None:
    with pytest.raises(SimulatorError, match="400"):
        cloud.fault(**wanted)
    assert cloud.faults() == []


def test_latency(api: Api) -> None:
    api.cloud.settings(latency_ms=600_000)
    with Unanswered("GET", f"{api.cloud.base_url}/idp/logout") as request:
        wait_until(lambda: api.cloud.counters()["in_flight"])
        assert request.is_waiting()
    api.cloud.settings(latency_ms=10)
    assert api.get("/idp/logout").status_code == 200


def test_the_rate_limit(api: Api) -> None:
    api.cloud.settings(rate_limit={"requests_per_second": 0.01, "retry_after": "seconds"})
    path = f"/tenants/{api.cloud.tenant_id}"
    assert api.get(path).status_code == 200
    answer = api.get(path)
    assert (error(answer), answer.headers["Retry-After"]) == ((429, 429), "1")
    assert api.cloud.journal()[-1]["fault"] == "rate_limit"
    api.cloud.settings(rate_limit={"requests_per_second": 0.01, "retry_after": "date"})
    api.get(path)
    answer = api.get(path)
    when, now = (parsedate_to_datetime(answer.headers[name]).timestamp() for name in ("Retry-After", "Date"))
    assert when - now in (0, 1)
    api.cloud.settings(rate_limit={"requests_per_second": 0.01, "retry_after": None})
    api.get(path)
    assert "Retry-After" not in api.get(path).headers
    # It fills with time.
    api.cloud.advance(100)
    assert [api.get(path).status_code for _unused in range(2)] == [200, 429]
    api.cloud.settings(rate_limit=None)
    assert [api.get(path).status_code for _unused in range(5)] == [200] * 5


@pytest.mark.parametrize(
    "limit", [{}, {"requests_per_second": 0}, {"requests_per_second": 1, "retry_after": "x"}, {"per_hour": 1}, 5]
)
def test_wrong_limits_are_refused(cloud: Simulator, limit: Any) -> None:
    with pytest.raises(SimulatorError, match="400"):
        cloud.settings(rate_limit=limit)
    assert cloud.settings()["rate_limit"] is None
