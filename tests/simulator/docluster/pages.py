# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTML that the server sends where no application answer is made."""

from __future__ import annotations

import html

_DOCTYPE = '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n'

# Both as observed, byte for byte: the 405 page is 178 bytes long, the 404 page 232.
NOT_FOUND = (
    f"{_DOCTYPE}<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
    "<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling "
    "and try again.</p>\n"
)
METHOD_NOT_ALLOWED = (
    f"{_DOCTYPE}<title>405 Method Not Allowed</title>\n<h1>Method Not Allowed</h1>\n"
    "<p>The method is not allowed for the requested URL.</p>\n"
)

# What a hotspot or a proxy puts in a server's place.
SIGN_IN_PORTAL = "<!DOCTYPE html>\n<html><head><title>Guest network</title></head><body>Please sign in.</body></html>\n"


def redirecting(location: str) -> str:
    """Return the page that goes with a redirect to `location`."""
    link = html.escape(location)
    return (
        f"{_DOCTYPE}<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n"
        f'<p>You should be redirected automatically to target URL: <a href="{link}">{link}</a>. If not click the link.'
    )


def crash(kind: str, reason: str) -> str:
    """Return a page shaped like that of the debugger which the real server runs under.

    The real page shows source code, paths and the secret of its console. This one has none of them to give away.
    """
    text = html.escape(reason)
    title = html.escape(reason, quote=False)
    frame = (
        '<li><div class="frame"><h4>File <cite class="filename">"{file}"</cite>,'
        ' line <em class="line">{line}</em>, in <code class="function">{function}</code></h4>'
        '<div class="source"><pre class="line current">{function}(...)</pre></div></div></li>\n'
    )
    frames = "".join(
        frame.format(file=f"simulated/{function}.py", line=line, function=function)
        for line, function in ((1, "receive"), (2, "dispatch"), (3, "process"), (4, "call"))
    )
    return (
        "<!DOCTYPE html>\n<html>\n  <head>\n"
        f"    <title>{title}\n // Werkzeug Debugger</title>\n  </head>\n"
        '  <body style="background-color: #fff">\n    <div class="debugger">\n'
        f'<h1>{html.escape(kind)}</h1>\n<div class="detail">\n  <p class="errormsg">{text}\n</p>\n</div>\n'
        '<h2 class="traceback">Traceback <em>(most recent call last)</em></h2>\n<div class="traceback">\n<ul>\n'
        f"{frames}</ul>\n<blockquote>{text}\n</blockquote>\n</div>\n    </div>\n  </body>\n</html>\n"
        f"<!--\n\nTraceback (most recent call last):\n{reason.replace('--', '- -')}\n\n-->\n"
    )
