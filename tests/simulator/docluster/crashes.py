# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The servers call whatever attribute of a handler the path names. Most of them cannot be called: the request ends in
an HTML page. What Python says in each case is taken from Python, by calling the same attribute of a plain object.
"""

from __future__ import annotations

from .answers import ServerCrash

# Attributes of the handlers that are no methods, by the type that they have.
_VALUES = {
    "url": "list",
    "args": "dict",
    "client_ip": "str",
    "server_ip": "str",
    "username": "str",
    "answer_msg": "dict",
    "answer_status": "str",
    "answer_error": "str",
    "__dict__": "dict",
    "__module__": "str",
    "__doc__": "NoneType",
    "__weakref__": "NoneType",
}
_METHODS = {
    "SendToNode": "api.SendToNode() missing 3 required positional arguments: 'node', 'url', and 'data'",
    "__init__": "api.__init__() missing 5 required positional arguments: "
    "'url', 'args', 'client_ip', 'username', and 'server_ip'",
}
_METHODS["__class__"] = _METHODS["__init__"]


def call_attribute(name: str) -> bool:
    """Call the attribute as the server does.

    Returns whether there is such an attribute and calling it had no effect; raises ServerCrash if the call fails.
    """
    if name in _VALUES:
        raise ServerCrash("TypeError", f"{_VALUES[name]!r} object is not callable")
    if name in _METHODS:
        raise ServerCrash("TypeError", _METHODS[name])
    if name not in dir(object):
        return False
    try:
        getattr(object(), name)()
    except TypeError as problem:
        raise ServerCrash("TypeError", str(problem)) from None
    return True
