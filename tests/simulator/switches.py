# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Named switches: one for every point that the vendor's documentation leaves open.

The first choice of a switch is its default. Each value is a text; ``true`` and ``false`` stand for booleans. Values
such as ``403_1002`` name the HTTP status and the platform code of the answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


class SwitchError(ValueError):
    """An unknown switch, or a value that the switch does not know."""


@dataclass(frozen=True)
class Switch:
    """One open point: its choices (the first is the default), a pattern for values with a number, and its meaning."""

    choices: tuple[str, ...]
    about: str
    pattern: str | None = None


BOOLEAN_OFF = ("false", "true")
BOOLEAN_ON = ("true", "false")

SWITCHES: dict[str, Switch] = {
    # Tenant MFA
    "mfa_folder_unit": Switch(("400_1027", "403_1002"), "PUT mfa/status on a folder or unit"),
    "mfa_role": Switch(("403_1002", "403_403"), "PUT mfa/status with an insufficient role"),
    "mfa_locked": Switch(("403_1012", "400_1012"), "PUT mfa/status on a tenant locked by another tenant"),
    "mfa_self_service": Switch(("403_1002", "400_1027"), "PUT mfa/status on a self-service tenant"),
    "mfa_production_partner": Switch(
        ("400_1027", "403_1002", "allowed"), "PUT mfa/status that disables a production partner"
    ),
    "mfa_disabled_tenant": Switch(("allowed", "400_1003"), "PUT mfa/status on a disabled tenant"),
    "mfa_put_answer": Switch(("object", "empty"), "body of a successful PUT tenants/{id}/mfa/status"),
    "mfa_bumps_version": Switch(BOOLEAN_ON, "whether a toggle raises the tenant's version and updated_at"),
    "disable": Switch(
        ("immediate",), "disabling: immediate, or polls:N reads of disable_in_progress", r"polls:[1-9][0-9]{0,3}"
    ),
    "count_field_names": Switch(("count", "short"), "users_count or users (and the TOTP count alike)"),
    "users_count": Switch(
        ("enabled", "enabled_activated", "without_exempt"), "which users of the organization are active"
    ),
    "totp_count_when_off": Switch(("configured", "zero"), "TOTP count while the organization's MFA is off"),
    "listing_mfa_mapping": Switch(
        ("plain", "setup_required_if_none", "setup_required_unless_all", "unreliable", "always_disabled", "absent"),
        "mfa_status of tenant objects: enabled/disabled; setup_required when nobody (or not everybody) has enrolled;"
        " wrong for every seventh tenant; always disabled; no such field",
    ),
    "listing_mfa_inherited": Switch(("effective", "disabled"), "mfa_status of folder and unit objects"),
    # User MFA
    "user_mfa_disable": Switch(("any", "service_only"), "PUT users/{id}/mfa/status false: any user, or 400/1027"),
    # Tenants
    "self_service": Switch(
        ("visible", "cut_off"), "what ancestors may read of a self-service tenant: all, or its tenant object only"
    ),
    "outside_subtree": Switch(("403_1002", "404_1005"), "a tenant that exists outside of the caller's subtree"),
    "foreign_uuids": Switch(("dropped", "403_1002"), "uuids of existing objects outside of the caller's subtree"),
    "malformed_uuid": Switch(("404", "400"), "a malformed uuid in a path"),
    "guide_sample_fields": Switch(BOOLEAN_OFF, "tenant objects with only the fields of the guide's samples"),
    "children_include_details": Switch(("supported", "ignored"), "include_details of GET tenants/{id}/children"),
    "embed_path": Switch(("names", "ids"), "what path holds with embed_path=true"),
    "relative_path": Switch(("items", "field"), "include_relative_path: ancestors as items, or a list in each item"),
    "page_end": Switch(("omit_after", "no_paging"), "last page: paging without after, or no paging at all"),
    "cursor_with_filters": Switch(("400", "ignored"), "filters sent beside a cursor, which encodes them"),
    "search_match": Switch(("substring", "prefix"), "how GET search compares"),
    # Everything
    "timestamps": Switch(("offset", "z", "naive"), "2019-08-10T08:00:00.807354+00:00, ...Z, or no zone and fraction"),
    "versions": Switch(("small", "epoch_ms"), "version numbers: small, or milliseconds since 1970"),
    "unknown_query": Switch(("ignored", "400"), "query parameters that the operation does not have"),
    "trailing_slash": Switch(("404", "ignored"), "a trailing slash of a path"),
    "error_shape": Switch(("full", "short"), "error objects with or without details, domain and context"),
    "www_authenticate": Switch(("absent", "bearer"), "WWW-Authenticate header of a 401"),
    "both_tokens": Switch(("400", "401"), "Authorization header and access_token parameter together"),
    # Tokens
    "emit_expires_on": Switch(BOOLEAN_ON, "expires_on in the answer of idp/token"),
    "emit_expires_in": Switch(BOOLEAN_OFF, "expires_in in the answer of idp/token"),
    "unsupported_grant": Switch(("invalid_request", "unsupported_grant_type"), "error of an unsupported grant_type"),
    "disabled_client": Switch(("401", "403"), "idp/token for a disabled client"),
    "revoke_unknown": Switch(("200", "400"), "idp/revoke_token with an unknown token"),
    # One-time tokens and sessions
    "ott_unknown_user": Switch(("400_1033", "403_1002", "400_400"), "idp/ott for an unknown user"),
    "ott_outside": Switch(("403_1002", "400_1033"), "idp/ott for a user outside of the client's subtree"),
    "ott_support_off": Switch(("403_1002", "400_1027"), "idp/ott for a user of a self-service tenant"),
    "ott_disabled_user": Switch(("403_1018", "400_1018", "issued"), "idp/ott for a disabled user"),
    "ott_not_activated_user": Switch(("issued", "403_1002"), "idp/ott for a user who is not activated"),
    "ott_mfa_user": Switch(("issued", "403_1002"), "idp/ott for a user who has to use MFA"),
    "ott_several": Switch(("400", "first"), "idp/ott with several of login, external_id and user_id"),
    "ott_invalid": Switch(("401", "400"), "idp/ott/login with a used, expired or unknown token"),
    "ott_form_body": Switch(("400", "accepted"), "idp/ott/login with a form body labelled JSON"),
    "users_me_client": Switch(("403", "401"), "GET users/me with a client's token"),
}


class Switches:
    """The current values of all switches; ``switches["disable"]`` is a text."""

    def __init__(self, values: dict[str, object] | None = None) -> None:
        """Start from the defaults and apply ``values``; raises SwitchError."""
        self.values = {name: switch.choices[0] for name, switch in SWITCHES.items()}
        self.update(values or {})

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def on(self, name: str) -> bool:
        """Whether a boolean switch is true."""
        return self.values[name] == "true"

    def refusal(self, name: str) -> tuple[int, int]:
        """HTTP status and error code of a switch whose value is ``STATUS_CODE`` or just ``STATUS``."""
        status, _unused, code = self.values[name].partition("_")
        return int(status), int(code or status)

    def update(self, values: dict[str, object]) -> None:
        """Set several switches, all or none; raises SwitchError for an unknown name or value."""
        checked = {}
        for name, value in values.items():
            switch = SWITCHES.get(name)
            if switch is None:
                raise SwitchError(f"unknown switch {name!r}; there are: {', '.join(sorted(SWITCHES))}")
            text = str(value).lower() if isinstance(value, bool) else str(value)
            if text not in switch.choices and not (switch.pattern and re.fullmatch(switch.pattern, text)):
                extra = f", {switch.pattern}" if switch.pattern else ""
                raise SwitchError(f"switch {name}: unknown value {text!r}; choices: {', '.join(switch.choices)}{extra}")
            checked[name] = text
        self.values.update(checked)
