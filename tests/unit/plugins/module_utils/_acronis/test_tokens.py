# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Getting an access token, and another one when it ends or is rejected."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._acronis.client import AcronisClient
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    ForbiddenError,
    LostError,
    MalformedError,
    RateLimitedError,
    ServerError,
    UnauthorizedError,
)
from ansible_collections.tenantops.access.plugins.module_utils._pool import in_parallel
from ansible_collections.tenantops.access.tests.unit.support.cloud import TENANT, TOKEN, Cloud
from ansible_collections.tenantops.access.tests.unit.support.waits import later

ROUTE = TOKEN.split()[1]


def read_own(cloud: Cloud, client: AcronisClient) -> str:
    """One ordinary request."""
    return str(client.get("tenants", cloud.simulator.tenant_id)["id"])


def statuses(cloud: Cloud, since: int) -> list[int]:
    """What the API answered after that number of the journal, tokens left out."""
    return [entry["status"] for entry in cloud.simulator.journal(since) if entry["route"] != TOKEN]


def last_number(cloud: Cloud) -> int:
    """Where the journal is now."""
    return int(max((entry["n"] for entry in cloud.simulator.journal()), default=0))


class TestGetting:
    """The first token."""

    def test_one_token_serves_all_requests(self, cloud: Cloud) -> None:
        client = cloud.connect()
        for _unused in range(5):
            read_own(cloud, client)
        assert (cloud.count(TOKEN), cloud.tokens_issued()) == (1, 1)

    def test_many_threads_ask_for_one(self, cloud: Cloud) -> None:
        cloud.simulator.fault("slow", route=ROUTE, seconds=0.2)
        client = cloud.connect(concurrency=16)
        assert len(set(in_parallel(lambda _n: read_own(cloud, client), range(32), 16))) == 1
        assert cloud.count(TOKEN) == 1

    def test_a_client_that_sends_its_secret_in_the_body(self, cloud: Cloud) -> None:
        client = cloud.connect(client="post")
        assert read_own(cloud, client) == cloud.simulator.tenant_id
        assert (cloud.count(TOKEN), cloud.tokens_issued()) == (2, 1)

    @pytest.mark.parametrize("expires_on", [True, False])
    @pytest.mark.parametrize("expires_in", [True, False])
    def test_either_end_of_its_life_may_be_unsaid(self, cloud: Cloud, expires_on: bool, expires_in: bool) -> None:
        cloud.simulator.settings(switches={"emit_expires_on": expires_on, "emit_expires_in": expires_in})
        client = cloud.connect()
        assert [read_own(cloud, client), read_own(cloud, client)] == [cloud.simulator.tenant_id] * 2
        assert cloud.tokens_issued() == 1

    @pytest.mark.parametrize("kind", ["error_text", "reset_before"])
    def test_a_failing_server_is_asked_again(self, cloud: Cloud, kind: str) -> None:
        cloud.simulator.fault(kind, route=ROUTE)
        assert read_own(cloud, cloud.connect(retries=1)) == cloud.simulator.tenant_id
        assert cloud.count(TOKEN) == 2

    @pytest.mark.parametrize(
        "fault, kind",
        [
            ({"kind": "error_text"}, ServerError),
            ({"kind": "reset_before"}, LostError),
            ({"kind": "cut_off"}, LostError),
            ({"kind": "not_json"}, MalformedError),
            ({"kind": "not_json", "body": "[]"}, MalformedError),
            ({"kind": "empty_body"}, MalformedError),
            ({"kind": "drop_fields", "names": ["access_token"]}, MalformedError),
            ({"kind": "wrong_types", "fields": {"access_token": 5}}, MalformedError),
            ({"kind": "wrong_types", "fields": {"access_token": ""}}, MalformedError),
            ({"kind": "wrong_types", "fields": {"access_token": "two\nlines"}}, MalformedError),
            ({"kind": "wrong_types", "fields": {"access_token": "tok€n"}}, MalformedError),
            ({"kind": "wrong_types", "fields": {"expires_on": "soon"}}, MalformedError),
            ({"kind": "redirect", "location": "https://other.example.com/"}, MalformedError),
            ({"kind": "rate_limited", "retry_after": "500"}, RateLimitedError),
            ({"kind": "platform_error", "status": 403, "code": 1002}, ForbiddenError),
        ],
        ids=str,
    )
    def test_each_failure_has_its_type_and_says_what_was_tried(
        self, cloud: Cloud, fault: dict[str, Any], kind: type[AccessError]
    ) -> None:
        cloud.simulator.fault(**fault, route=ROUTE, times=None)
        with pytest.raises(AccessError) as caught:
            read_own(cloud, cloud.connect())
        assert caught.value.__class__ is kind
        assert str(caught.value).startswith(
            f"Could not get an access token for the API client {cloud.simulator.client_id}"
        )
        assert cloud.count(TENANT) == 0

    def test_wrong_credentials_are_named_by_the_vendors_code_and_not_tried_again(self, cloud: Cloud) -> None:
        with pytest.raises(UnauthorizedError) as caught:
            read_own(cloud, cloud.connect(secret="wrong-secret-0123456789", retries=2))
        assert caught.value.code == "invalid_client"
        assert "client_secret" in str(caught.value)
        # Once by header and once by body: which of the two a client was created for is not known.
        assert cloud.count(TOKEN) == 2

    @pytest.mark.parametrize("switch, kind", [("401", UnauthorizedError), ("403", ForbiddenError)])
    def test_a_disabled_client_gets_none(self, cloud: Cloud, switch: str, kind: type[AccessError]) -> None:
        cloud.simulator.settings(switches={"disabled_client": switch})
        with pytest.raises(kind):
            read_own(cloud, cloud.connect(client="disabled"))
        assert cloud.tokens_issued() == 0


class TestRenewing:
    """The next token."""

    def test_before_the_old_one_ends(self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        client, before = cloud.connect(), last_number(cloud)
        # It lives for two hours, and is renewed five minutes before they are over.
        for minutes, issued in ((0, 1), (100, 1), (116, 2)):
            later(monkeypatch, 60 * minutes)
            read_own(cloud, client)
            assert cloud.tokens_issued() == issued
        assert statuses(cloud, before) == [200, 200, 200]

    def test_when_the_old_one_is_rejected(self, cloud: Cloud) -> None:
        client = cloud.connect()
        read_own(cloud, client)
        cloud.simulator.expire_tokens()
        before = last_number(cloud)
        assert read_own(cloud, client) == cloud.simulator.tenant_id
        assert cloud.tokens_issued() == 2
        assert statuses(cloud, before) == [401, 200]

    def test_once_for_many_threads(self, cloud: Cloud) -> None:
        client = cloud.connect(concurrency=16)
        read_own(cloud, client)
        cloud.simulator.expire_tokens()
        # All are on their way with the old token when the first of them learns that it is rejected.
        cloud.simulator.fault("hold", route="/tenants/{id}", times=16)
        before = last_number(cloud)
        with ThreadPoolExecutor(16) as pool:
            answers = pool.map(lambda _number: read_own(cloud, client), range(16))
            cloud.simulator.wait_for_held(16)
            cloud.simulator.release()
            assert set(answers) == {cloud.simulator.tenant_id}
        assert cloud.tokens_issued() == 2
        assert statuses(cloud, before).count(401) == 16

    def test_a_change_that_was_rejected_with_the_old_one_is_made_once(self, cloud: Cloud) -> None:
        tenant = cloud.tenant("Nobody Here")["id"]
        client = cloud.connect()
        read_own(cloud, client)
        cloud.simulator.expire_tokens()
        assert client.put("tenants", tenant, "mfa", "status", body={"enabled": True})["mfa_status"] == "enabled"
        assert (cloud.puts(), cloud.toggles()) == ({tenant: 2}, {tenant: 1})

    def test_only_once_for_each_request(self, cloud: Cloud) -> None:
        cloud.simulator.fault("expired_token", route="/tenants/{id}", times=None)
        with pytest.raises(UnauthorizedError):
            read_own(cloud, cloud.connect(retries=2))
        assert (cloud.count(TENANT), cloud.tokens_issued()) == (2, 2)

    def test_not_without_credentials(self, cloud: Cloud) -> None:
        token = cloud.issue_token()
        client = cloud.connect(token=token, retries=2)
        assert read_own(cloud, client) == cloud.simulator.tenant_id
        cloud.simulator.expire_tokens()
        with pytest.raises(UnauthorizedError) as caught:
            read_own(cloud, client)
        assert "access token" in str(caught.value)
        assert token not in str(caught.value)
        assert (cloud.count(TENANT), cloud.count(TOKEN)) == (2, 1)

    def test_a_failure_to_renew_is_the_failure_of_the_request(self, cloud: Cloud) -> None:
        client = cloud.connect()
        read_own(cloud, client)
        cloud.simulator.patch_client(cloud.simulator.client_id, "disabled")
        cloud.simulator.expire_tokens()
        with pytest.raises(UnauthorizedError, match="access token for the API client"):
            read_own(cloud, client)


def test_every_token_is_known_as_a_secret(cloud: Cloud) -> None:
    client = cloud.connect()
    read_own(cloud, client)
    cloud.simulator.expire_tokens()
    read_own(cloud, client)
    tokens = [form for form in client.redactor.forms if form.startswith("eyJ") and form.count(".") == 2]
    assert len(set(tokens)) >= 2
    assert all(token not in client.redactor.mask(f"Bearer {token}") for token in tokens)
