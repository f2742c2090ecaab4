# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The user accounts of a server: system/users at the newest one, systems/users at the old one."""

from __future__ import annotations

import re

from .answers import Answer, failure, success
from .node import Call, Node, password_hash

_EMAIL = re.compile(r"[\w.-]+@[\w.-]+.\w+")


def users(node: Node, call: Call) -> Answer | None:
    """Answer .../users/get|add|set|delete; None if the path is not one of them."""
    if len(call.parts) != 3:
        return None
    action = {"get": _get, "add": _add, "set": _set, "delete": _delete}.get(call.parts[2])
    return action(node, call.args) if action else None


def _get(node: Node, args: dict[str, str]) -> Answer:
    if "username" not in args:
        return success(node.users)
    name = args["username"]
    return success({name: node.users[name]}) if name in node.users else failure("username not found")


def _add(node: Node, args: dict[str, str]) -> Answer:
    if "username" not in args or "password" not in args:
        return failure("data not submitted")
    name, password = args["username"], args["password"]
    if not name or not password:
        return failure("username and password must not be empty")
    if name in node.users:
        return failure("user already exists")
    node.users[name] = {"password": password_hash(password)}
    node.save()
    return success({name: node.users[name]})


def _set(node: Node, args: dict[str, str]) -> Answer:
    if "username" not in args:
        return failure("data not submitted")
    name = args["username"]
    if name not in node.users:
        return failure("user does not exist")
    if "email" in args and node.profile != "old" and not _EMAIL.search(args["email"]):
        return failure("wrong email format")
    if args.get("password"):
        node.users[name]["password"] = password_hash(args["password"])
    if "email" in args:
        node.users[name]["email"] = args["email"]
    node.save()
    return success({name: node.users[name]})


def _delete(node: Node, args: dict[str, str]) -> Answer:
    if "username" not in args:
        return failure("data not submitted")
    name = args["username"]
    if name not in node.users:
        return failure("user does not exist")
    if len(node.users) == 1:
        return failure("Can not delete last user")
    del node.users[name]
    node.save()
    return success({})
