# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages of a listing, one after the other, to the end of the cursor."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from ansible_collections.tenantops.access.plugins.module_utils._acronis.paging import pages
from ansible_collections.tenantops.access.plugins.module_utils._errors import (
    ForbiddenError,
    MalformedError,
    ServerError,
)
from ansible_collections.tenantops.access.tests.unit.support.cloud import Cloud
from ansible_collections.tenantops.access.tests.unit.support.people import USERS
from ansible_collections.tenantops.access.tests.unit.support.servers import Reply, Request, Serve


def everybody(cloud: Cloud) -> set[str]:
    """Ids of all users that the main client may see."""
    ids: set[str] = set()
    for one in cloud.simulator.tenants(cloud.simulator.tenant_id):
        if not one["deleted"]:
            ids.update(user["id"] for user in cloud.simulator.tenant(one["id"])["users"] if not user["deleted"])
    return ids


def listing(cloud: Cloud, limit: int) -> list[str]:
    """Ids of the users that the pages show."""
    below = cloud.simulator.tenant_id
    found = pages(cloud.connect(), "users", limit, subtree_root_tenant_id=below)
    return [user["id"] for page in found for user in page.items]


class TestUsers:
    """Users of a subtree."""

    @pytest.mark.parametrize("page_end", ["omit_after", "no_paging"])
    def test_pages_of_any_size_show_everybody_once(self, cloud: Cloud, page_end: str) -> None:
        cloud.simulator.settings(switches={"page_end": page_end})
        wanted = everybody(cloud)
        assert len(wanted) > 200
        for limit in (37, len(wanted), 2000):
            found = listing(cloud, limit)
            assert len(found) == len(wanted)
            assert set(found) == wanted

    def test_no_more_requests_than_pages(self, cloud: Cloud) -> None:
        count = len(everybody(cloud))
        listing(cloud, 100)
        assert cloud.count(USERS) == -(-count // 100)

    def test_the_filters_stand_in_the_first_request_only(self, cloud: Cloud) -> None:
        listing(cloud, 150)
        queries = [entry["query"] for entry in cloud.simulator.journal() if entry["route"] == USERS]
        first, *others = queries[-cloud.count(USERS) :]
        assert others
        assert f"subtree_root_tenant_id={cloud.simulator.tenant_id}" in first
        assert "lod=full" in first
        assert all("after=" in query and "subtree" not in query and "lod" not in query for query in others)

    def test_who_stops_early_asks_for_no_more(self, cloud: Cloud) -> None:
        found = pages(cloud.connect(), "users", 10, subtree_root_tenant_id=cloud.simulator.tenant_id)
        assert len(list(itertools.islice(found, 2))) == 2
        assert cloud.count(USERS) == 2

    def test_a_page_that_cannot_be_read_is_an_error(self, cloud: Cloud) -> None:
        cloud.simulator.fault("error_text", method="GET", route="/users", after=1)
        with pytest.raises(ServerError):
            listing(cloud, 100)

    def test_a_cursor_that_does_not_end_is_an_error(self, cloud: Cloud) -> None:
        cloud.simulator.fault("loop_cursor", method="GET", route="/users", times=None)
        with pytest.raises(MalformedError, match="comes round to a page"):
            listing(cloud, 50)
        assert cloud.count(USERS) <= 4

    def test_a_listing_out_of_reach_is_forbidden(self, cloud: Cloud) -> None:
        elsewhere = cloud.simulator.clients["neighbour"]["tenant_id"]
        with pytest.raises(ForbiddenError):
            list(pages(cloud.connect(), "users", 100, subtree_root_tenant_id=elsewhere))


class TestAnswers:
    """Pages that are none."""

    @staticmethod
    def read(cloud: Cloud, serve: Serve, page: dict[str, Any]) -> list[Any]:
        """What comes of a listing whose only page is ``page``."""

        def respond(_request: Request) -> Reply:
            return Reply(body=json.dumps(page).encode())

        server = serve(respond)
        client = cloud.connect(token="eyJhbGciOiJSUzI1NiJ9.test", base_url=f"{server.url}/api/2")
        return list(pages(client, "users", 100, subtree_root_tenant_id="x"))

    @pytest.mark.parametrize(
        "page",
        [
            {},
            {"items": []},
            {"timestamp": "2026-01-01T00:00:00Z"},
            {"items": None, "timestamp": "2026-01-01T00:00:00Z"},
            {"items": {}, "timestamp": "2026-01-01T00:00:00Z"},
            {"items": [], "timestamp": 1767225600},
            {"items": [], "timestamp": "2026-01-01T00:00:00Z", "paging": []},
            {"items": [], "timestamp": "2026-01-01T00:00:00Z", "paging": {"cursors": "x"}},
            {"items": [], "timestamp": "2026-01-01T00:00:00Z", "paging": {"cursors": {"after": 7}}},
        ],
    )
    def test_another_form_is_an_error(self, cloud: Cloud, serve: Serve, page: dict[str, Any]) -> None:
        with pytest.raises(MalformedError, match="listing of users"):
            self.read(cloud, serve, page)

    @pytest.mark.parametrize("paging", [None, {}, {"cursors": None}, {"cursors": {}}, {"cursors": {"after": ""}}])
    def test_each_way_to_say_that_this_is_the_last_page(
        self, cloud: Cloud, serve: Serve, paging: dict[str, Any] | None
    ) -> None:
        page = {"items": [{"id": "a"}], "timestamp": "2026-01-01T00:00:00Z", "paging": paging}
        (found,) = self.read(cloud, serve, page)
        assert found.items == [{"id": "a"}]

    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ("2016-06-22T18:25:16", "2016-06-22T18:25:16Z"),
            ("2016-06-22T18:25:16Z", "2016-06-22T18:25:16Z"),
            ("2019-08-10T08:00:00.807354+00:00", "2019-08-10T08:00:00.807354+00:00"),
            ("2019-08-10T08:00:00.807354", "2019-08-10T08:00:00.807354Z"),
            ("2019-08-10T08:00:00-0530", "2019-08-10T08:00:00-0530"),
        ],
    )
    def test_a_moment_without_a_zone_is_in_utc(self, cloud: Cloud, serve: Serve, written: str, expected: str) -> None:
        (found,) = self.read(cloud, serve, {"items": [], "timestamp": written})
        assert found.timestamp == expected
