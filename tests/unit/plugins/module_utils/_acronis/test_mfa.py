# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a tenant's MFA state, switching it, and being sure of the outcome whatever came back. PUTs are counted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tenantops.access.plugins.module_utils._acronis.mfa import (
    MfaState,
    await_disabled,
    mfa_state_from,
    read_mfa,
    switch_mfa,
)
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    AccessError,
    ForbiddenError,
    LostError,
    MalformedError,
    NotFoundError,
    RejectedError,
    ServerError,
    UnreachableError,
    WaitError,
)
from ansible_collections.tenantops.access.plugins.module_utils._text import (
    DISABLE_IN_PROGRESS,
    DISABLED,
    ENABLED,
    holds,
)
from ansible_collections.tenantops.access.tests.unit.support.cloud import MFA, Cloud

PUT = "/tenants/{id}/mfa/status"
LONG = {"mfa_status": "enabled", "users_with_totp_enabled_count": 3, "users_count": 12, "update_allowed": True}
SHORT = {"mfa_status": "enabled", "users_with_totp_enabled": 3, "users": 12, "update_allowed": True}


class TestReading:
    """read_mfa and mfa_state_from"""

    @pytest.mark.parametrize("item", [LONG, SHORT, {**LONG, **SHORT}])
    def test_the_counts_have_two_spellings(self, item: dict[str, Any]) -> None:
        assert mfa_state_from(item, "it") == MfaState("enabled", 12, 3, True)

    @pytest.mark.parametrize("item", [LONG, SHORT])
    def test_every_field_is_needed(self, item: dict[str, Any]) -> None:
        for field in item:
            with pytest.raises(MalformedError, match=field.removesuffix("_count")):
                mfa_state_from({name: value for name, value in item.items() if name != field}, "it")

    @pytest.mark.parametrize(
        "field, value",
        [
            ("mfa_status", "setup_required"),
            ("mfa_status", "Enabled"),
            ("mfa_status", ""),
            ("mfa_status", True),
            ("mfa_status", None),
            ("users_count", "12"),
            ("users_count", True),
            ("users_count", 1.5),
            ("users_with_totp_enabled_count", None),
            ("update_allowed", "true"),
            ("update_allowed", 1),
        ],
    )
    def test_another_type_or_word_is_malformed(self, field: str, value: Any) -> None:
        with pytest.raises(MalformedError, match=field):
            mfa_state_from({**LONG, field: value}, "it")

    @given(status=st.text(max_size=20))
    def test_no_word_is_taken_for_a_state_that_is_none(self, status: str) -> None:
        try:
            assert mfa_state_from({**LONG, "mfa_status": status}, "it").status == status
        except MalformedError:
            assert status not in (ENABLED, DISABLED, DISABLE_IN_PROGRESS)

    @pytest.mark.parametrize("names", ["count", "short"])
    def test_the_state_is_the_tenants(self, cloud: Cloud, names: str) -> None:
        cloud.simulator.settings(switches={"count_field_names": names})
        client = cloud.connect()
        for one in (cloud.tenant("Nobody Enrolled"), cloud.tenant("Everybody Enrolled"), cloud.tenant("Nobody Here")):
            truth = cloud.simulator.tenant(one["id"])
            state = read_mfa(client, one["id"])
            assert state.status == truth["mfa"]
            assert state.users_count == truth["users_count"]
            assert state.users_with_totp_enabled_count == truth["users_with_totp_enabled_count"]

    def test_what_cannot_be_read_is_named(self, cloud: Cloud) -> None:
        foreign = cloud.simulator.clients["neighbour"]["tenant_id"]
        with pytest.raises(ForbiddenError, match=f"Could not read the MFA state of tenant {foreign}: "):
            read_mfa(cloud.connect(), foreign)


@pytest.mark.parametrize(
    "status, wanted, held",
    [
        (ENABLED, ENABLED, True),
        (ENABLED, DISABLED, False),
        (DISABLED, DISABLED, True),
        (DISABLED, ENABLED, False),
        (DISABLE_IN_PROGRESS, DISABLED, True),
        (DISABLE_IN_PROGRESS, ENABLED, False),
    ],
)
def test_being_switched_off_counts_as_off_and_never_as_on(status: str, wanted: str, held: bool) -> None:
    assert holds(status, wanted) is held


@pytest.fixture
def tenant(cloud: Cloud) -> str:
    """A customer without MFA."""
    return str(cloud.simulator.create_tenant(name="Switched", users=3)["id"])


def state_of(cloud: Cloud, tenant: str) -> str:
    return str(cloud.simulator.tenant(tenant)["mfa"])


class TestSwitching:
    """switch_mfa"""

    @pytest.mark.parametrize("answer", ["object", "empty"])
    def test_on_and_off_with_one_put_each(self, cloud: Cloud, tenant: str, answer: str) -> None:
        cloud.simulator.settings(switches={"mfa_put_answer": answer})
        client = cloud.connect()
        for number, wanted in enumerate((ENABLED, DISABLED), 1):
            state = switch_mfa(client, tenant, wanted)
            assert (state.status, state_of(cloud, tenant)) == (wanted, wanted)
            assert cloud.puts() == {tenant: number}

    def test_a_clear_answer_needs_no_reading(self, cloud: Cloud, tenant: str) -> None:
        switch_mfa(cloud.connect(), tenant, ENABLED)
        assert cloud.count(MFA) == 0

    @pytest.mark.parametrize(
        "kind", ["reset_after", "error_after", "empty_body", "cut_off", "cut_off_clean", "not_json"]
    )
    @pytest.mark.parametrize("retries", [0, 2])
    def test_what_worked_without_a_clear_answer_is_found_by_reading(
        self, cloud: Cloud, tenant: str, kind: str, retries: int
    ) -> None:
        cloud.simulator.fault(kind, method="PUT", route=PUT)
        assert switch_mfa(cloud.connect(retries=retries), tenant, ENABLED).status == ENABLED
        assert (cloud.puts(), cloud.toggles()) == ({tenant: 1}, {tenant: 1})

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "wrong_types", "fields": {"mfa_status": "setup_required"}},
            {"kind": "wrong_types", "fields": {"users_count": "3"}},
            {"kind": "wrong_types", "fields": {"mfa_status": "disabled"}},
            {"kind": "drop_fields", "names": ["mfa_status"]},
            {"kind": "not_json", "body": "[]"},
        ],
        ids=str,
    )
    def test_an_answer_that_cannot_be_true_is_checked_by_reading(
        self, cloud: Cloud, tenant: str, fault: dict[str, Any]
    ) -> None:
        cloud.simulator.fault(**fault, method="PUT", route=PUT)
        assert switch_mfa(cloud.connect(), tenant, ENABLED).status == ENABLED
        assert cloud.puts() == {tenant: 1}

    @pytest.mark.parametrize("kind", ["reset_before", "error_text", "unavailable"])
    def test_what_did_not_work_is_sent_once_more_after_reading(self, cloud: Cloud, tenant: str, kind: str) -> None:
        cloud.simulator.fault(kind, method="PUT", route=PUT)
        assert switch_mfa(cloud.connect(retries=1), tenant, ENABLED).status == ENABLED
        assert (cloud.puts(), cloud.toggles()) == ({tenant: 2}, {tenant: 1})
        routes = [entry["route"] for entry in cloud.simulator.journal()[-3:]]
        assert routes == [f"PUT {PUT}", MFA, f"PUT {PUT}"]

    @pytest.mark.parametrize("kind, error", [("reset_before", LostError), ("error_text", ServerError)])
    def test_what_keeps_failing_is_an_error_that_says_what_was_read(
        self, cloud: Cloud, tenant: str, kind: str, error: type[AccessError]
    ) -> None:
        cloud.simulator.fault(kind, method="PUT", route=PUT, times=None)
        with pytest.raises(error, match="the state is disabled") as caught:
            switch_mfa(cloud.connect(), tenant, ENABLED)
        assert f"switch MFA of tenant {tenant} to enabled" in str(caught.value)
        assert cloud.puts() == {tenant: 1}

    def test_the_number_of_puts_is_limited_by_the_retries(self, cloud: Cloud, tenant: str) -> None:
        cloud.simulator.fault("error_text", method="PUT", route=PUT, times=None)
        with pytest.raises(ServerError):
            switch_mfa(cloud.connect(retries=1), tenant, ENABLED)
        assert cloud.puts() == {tenant: 2}

    def test_a_server_that_wants_more_time_than_allowed_is_not_asked_again(self, cloud: Cloud, tenant: str) -> None:
        cloud.simulator.fault("unavailable", method="PUT", route=PUT, retry_after="3600", times=None)
        with pytest.raises(ServerError):
            switch_mfa(cloud.connect(retries=2), tenant, ENABLED)
        assert cloud.puts() == {tenant: 1}

    @pytest.mark.parametrize(
        "kind, retry_after", [("rate_limited", "0"), ("rate_limited", "date:+0"), ("unavailable", "0")]
    )
    def test_a_busy_server_is_waited_for(self, cloud: Cloud, tenant: str, kind: str, retry_after: str) -> None:
        cloud.simulator.fault(kind, method="PUT", route=PUT, retry_after=retry_after)
        assert switch_mfa(cloud.connect(retries=1), tenant, ENABLED).status == ENABLED
        assert (cloud.puts(), cloud.toggles()) == ({tenant: 2}, {tenant: 1})

    def test_when_reading_fails_too_nobody_knows(self, cloud: Cloud, tenant: str) -> None:
        cloud.simulator.fault("reset_after", method="PUT", route=PUT)
        cloud.simulator.fault("error_text", method="GET", route=PUT, times=None)
        with pytest.raises(LostError, match="not known") as caught:
            switch_mfa(cloud.connect(), tenant, ENABLED)
        assert not caught.value.definite
        assert cloud.puts() == {tenant: 1}

    @pytest.mark.parametrize(
        "status, code, kind", [(400, 1027, RejectedError), (403, 1012, ForbiddenError), (404, 1005, NotFoundError)]
    )
    def test_a_refusal_is_definite(
        self, cloud: Cloud, tenant: str, status: int, code: int, kind: type[AccessError]
    ) -> None:
        cloud.simulator.fault("platform_error", method="PUT", route=PUT, status=status, code=code, times=None)
        with pytest.raises(kind) as caught:
            switch_mfa(cloud.connect(retries=2), tenant, ENABLED)
        assert caught.value.definite
        assert (cloud.puts(), cloud.count(MFA)) == ({tenant: 1}, 0)

    def test_no_server_is_definite(self, tenant: str, cloud: Cloud) -> None:
        client = cloud.connect(base_url="http://127.0.0.1:9/api/2", token="token-0123456789")
        with pytest.raises(UnreachableError):
            switch_mfa(client, tenant, ENABLED)

    def test_a_server_that_accepts_and_does_not_change_is_found_out(self, cloud: Cloud, tenant: str) -> None:
        # The answer promises what was wanted, but the endpoint goes on saying something else.
        cloud.simulator.fault("wrong_types", method="PUT", route=PUT, fields={"mfa_status": "disabled"}, times=None)
        cloud.simulator.fault("wrong_types", method="GET", route=PUT, fields={"mfa_status": "disabled"}, times=None)
        with pytest.raises(MalformedError, match="its state is disabled"):
            switch_mfa(cloud.connect(retries=1), tenant, ENABLED)
        assert cloud.puts() == {tenant: 1}


class TestWaiting:
    """await_disabled"""

    def test_until_it_is_off(self, cloud: Cloud, tenant: str) -> None:
        cloud.simulator.patch_tenant(tenant, mfa=True)
        cloud.simulator.settings(switches={"disable": "polls:1"})
        client = cloud.connect()
        state = switch_mfa(client, tenant, DISABLED)
        assert state.status == DISABLE_IN_PROGRESS
        cloud.simulator.patch_tenant(tenant, disable_polls=1)
        assert await_disabled(client, tenant, state, 60).status == DISABLED
        assert (cloud.count(MFA), cloud.puts()) == (2, {tenant: 1})

    def test_no_longer_than_allowed(self, cloud: Cloud, tenant: str) -> None:
        cloud.simulator.patch_tenant(tenant, mfa=True, disable_polls=1000)
        client = cloud.connect()
        with pytest.raises(WaitError, match="wait_timeout") as caught:
            await_disabled(client, tenant, read_mfa(client, tenant), 0.1)
        assert not caught.value.definite

    @pytest.mark.parametrize("timeout", [0, 60])
    def test_not_at_all_when_nothing_is_in_progress(self, cloud: Cloud, tenant: str, timeout: int) -> None:
        state = MfaState(DISABLED, 1, 0, True)
        assert await_disabled(cloud.connect(), tenant, state, timeout) is state
        assert cloud.count(MFA) == 0
