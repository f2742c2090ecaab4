# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a policy document means: its values checked, with the place of every mistake, and turned into types."""

from __future__ import annotations

import dataclasses
import datetime
import fractions
import re
import typing as t

from .._text import UNMANAGED, comparable, id_from
from .form import PolicyError, checked, shown, without_absent
from .match import NamePattern, PathPattern, PatternError, literal, name_pattern, parse
from .schema import POLICY

#: What reports call the policy's default where it decided; no rule has this name.
DEFAULT = "default"


@dataclasses.dataclass(frozen=True)
class Rule:
    """What is wanted of the tenants that fit; the first rule that fits decides.

    Attributes:
        name: what reports call it; unique.
        ids: tenants by id; empty if the rule does not ask.
        kinds: kinds of tenants; empty if the rule does not ask.
        paths: patterns for paths; empty if the rule does not ask.
        pricing_modes: pricing modes; empty if the rule does not ask.
        mfa: ``enabled``, ``disabled`` or ``unmanaged``.
        not_before: the UTC day from which on it is written.
        allow_empty: whether it may decide no tenant.
    """

    name: str
    ids: frozenset[str]
    kinds: frozenset[str]
    paths: tuple[PathPattern, ...]
    pricing_modes: frozenset[str]
    mfa: str
    not_before: datetime.date | None
    allow_empty: bool


@dataclasses.dataclass(frozen=True)
class PolicyException:
    """A tenant for which the rules are suspended.

    Attributes:
        tenant_id: the tenant.
        tenant: what it is expected to be called: a path joined by slashes or a name, or a list of names.
        reason: why.
        owner: who answers for it.
        ticket: where it was decided.
        expires: the last UTC day on which it holds.
    """

    tenant_id: str
    tenant: str | tuple[str, ...] | None
    reason: str
    owner: str
    ticket: str | None
    expires: datetime.date


@dataclasses.dataclass(frozen=True)
class Guards:
    """What stops a run that nobody has looked at; see :mod:`.guards`."""

    max_changes: int
    max_change_percent: float
    max_lockouts: int
    max_conflicts_percent: float
    protected_users: tuple[NamePattern, ...]
    allow_disable: bool
    enforce_expired: bool


@dataclasses.dataclass(frozen=True)
class Rollout:
    """How a run proceeds.

    Attributes:
        max_per_run: changes of one run at most.
        waves: cumulative shares of the changes, rising, the last one 1.
        max_failures: failed changes after which no other starts.
    """

    max_per_run: int | None
    waves: tuple[fractions.Fraction, ...]
    max_failures: float


@dataclasses.dataclass(frozen=True)
class Policy:
    """A checked policy.

    Attributes:
        document: the document with its defaults, as plain data.
    """

    name: str
    scope_id: str | None
    default: str
    rules: tuple[Rule, ...]
    exceptions: tuple[PolicyException, ...]
    guards: Guards
    rollout: Rollout
    document: dict[str, t.Any]


def read_policy(document: t.Any) -> Policy:
    """Check a document and make a policy of it.

    Args:
        document: what YAML or JSON decoded to.

    Raises:
        PolicyError: something is wrong; the message names the place, such as ``rules[2].match.kind``.
    """
    plain = checked(document, {"type": "dict", "options": POLICY}, "policy")
    if plain["scope_id"] is not None:
        plain["scope_id"] = _id(plain["scope_id"], "scope_id")
    rules = tuple(_rule(item, f"rules[{number}]") for number, item in enumerate(plain["rules"]))
    _unique((rule.name for rule in rules), "rules", "name")
    exceptions = tuple(_exception(item, f"exceptions[{number}]") for number, item in enumerate(plain["exceptions"]))
    _unique((exception.tenant_id for exception in exceptions), "exceptions", "tenant_id")
    if not rules and plain["default"] == UNMANAGED:
        raise PolicyError("rules: there is none, so the policy would decide nothing. Add a rule, or a default.")
    return Policy(
        name=_text(plain, "name", ""),
        scope_id=plain["scope_id"],
        default=plain["default"],
        rules=rules,
        exceptions=exceptions,
        guards=_guards(plain["guards"]),
        rollout=_rollout(plain["rollout"]),
        document=without_absent(plain),
    )


def _unique(values: t.Iterable[str], place: str, key: str) -> None:
    seen: dict[str, int] = {}
    for number, value in enumerate(values):
        if value in seen:
            raise PolicyError(f"{place}[{number}].{key}: {shown(value)} stands in {place}[{seen[value]}] already.")
        seen[value] = number


def _text(item: dict[str, t.Any], key: str, place: str) -> str:
    value: str = item[key]
    if not value.strip():
        raise PolicyError(f"{place}{'.' if place else ''}{key}: is empty.")
    return value


def _id(value: str, place: str) -> str:
    tenant_id = id_from(value)
    if tenant_id is None:
        raise PolicyError(
            f"{place}: {shown(value)} is not a tenant's id. An id looks like ede9f834-70b3-476c-83d9-736f9f8c7dae."
        )
    return tenant_id


def _date(value: str, place: str) -> datetime.date:
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError
        return datetime.date.fromisoformat(value)
    except ValueError:
        raise PolicyError(f"{place}: {shown(value)} is not a date. A date looks like 2027-01-31.") from None


def _rule(item: dict[str, t.Any], place: str) -> Rule:
    name, match = _text(item, "name", place), item["match"]
    if name == DEFAULT:
        raise PolicyError(f"{place}.name: {DEFAULT!r} is what reports call the policy's default. Choose another name.")
    for key, wanted in match.items():
        if wanted is not None and not wanted:
            raise PolicyError(f"{place}.match.{key}: the list is empty, so the rule would fit nothing. Leave it out.")
    if match["id"] is None and match["kind"] is None:
        raise PolicyError(f"{place}.match: kind or id is missing.")
    if match["id"] is not None:
        match["id"] = [_id(value, f"{place}.match.id[{number}]") for number, value in enumerate(match["id"])]
    patterns = enumerate(match["path"] or [])
    return Rule(
        name=name,
        ids=frozenset(match["id"] or []),
        kinds=frozenset(match["kind"] or []),
        paths=tuple(_pattern(value, f"{place}.match.path[{number}]") for number, value in patterns),
        pricing_modes=frozenset(match["pricing_mode"] or []),
        mfa=item["mfa"],
        not_before=_date(item["not_before"], f"{place}.not_before") if item["not_before"] is not None else None,
        allow_empty=item["allow_empty"],
    )


def _is_names(value: t.Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(name, str) for name in value)


def _pattern(value: t.Any, place: str) -> PathPattern:
    try:
        if isinstance(value, str):
            return parse(value)
        if _is_names(value):
            return literal(value)
    except PatternError as error:
        raise PolicyError(f"{place}: {shown(value)} is not a path: {error}.") from None
    raise PolicyError(f"{place}: must be a pattern, or a list of names that is a literal path.")


def _exception(item: dict[str, t.Any], place: str) -> PolicyException:
    tenant = item["tenant"]
    if tenant is not None and (not tenant or not (isinstance(tenant, str) or (_is_names(tenant) and all(tenant)))):
        raise PolicyError(f"{place}.tenant: must be a text, or a list of names, and none of them empty.")
    item["tenant_id"] = _id(item["tenant_id"], f"{place}.tenant_id")
    return PolicyException(
        tenant_id=item["tenant_id"],
        tenant=tenant if tenant is None or isinstance(tenant, str) else tuple(tenant),
        reason=_text(item, "reason", place),
        owner=_text(item, "owner", place),
        ticket=item["ticket"],
        expires=_date(item["expires"], f"{place}.expires"),
    )


def _not_negative(item: dict[str, t.Any], names: tuple[str, ...], place: str) -> None:
    for name in names:
        if not 0 <= item[name] < float("inf"):
            raise PolicyError(f"{place}.{name}: is {item[name]}, must be 0 or more.")


def _guards(item: dict[str, t.Any]) -> Guards:
    _not_negative(item, ("max_changes", "max_change_percent", "max_lockouts", "max_conflicts_percent"), "guards")
    patterns = enumerate(item["protected_users"])
    protected = tuple(_user_pattern(text, f"guards.protected_users[{number}]") for number, text in patterns)
    return Guards(**{**item, "protected_users": protected})


def _user_pattern(text: str, place: str) -> NamePattern:
    if not text.strip():
        raise PolicyError(f"{place}: is empty.")
    try:
        return name_pattern(comparable(text))
    except PatternError as error:
        raise PolicyError(f"{place}: {shown(text)} is not a pattern: {error}.") from None


def _rollout(item: dict[str, t.Any]) -> Rollout:
    _not_negative(item, ("max_failures",), "rollout")
    if item["max_per_run"] is not None and item["max_per_run"] < 1:
        raise PolicyError(f"rollout.max_per_run: is {item['max_per_run']}, must be 1 or more.")
    waves = []
    for number, text in enumerate(item["waves"]):
        if not re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,6})?%", text):
            raise PolicyError(f"rollout.waves[{number}]: {shown(text)} is not a share. A share looks like 25%.")
        waves.append(fractions.Fraction(text[:-1]) / 100)
        if waves[-1] <= (waves[-2] if number else 0):
            raise PolicyError(f"rollout.waves[{number}]: {text} is not more than what comes before it.")
    if not waves or waves[-1] != 1:
        raise PolicyError("rollout.waves: the last wave is not 100%, so some changes would never be made.")
    return Rollout(item["max_per_run"], tuple(waves), item["max_failures"])
