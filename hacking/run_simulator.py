# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the simulator in the foreground and print the environment that points a shell at it.

Needs ``tests`` on PYTHONPATH. The words of the command line are the simulator's own, such as ``--tenants=1000``.
Only what a shell is to run goes to standard output, so that it can be written to a file and sourced.
"""

from __future__ import annotations

import shlex
import signal
import sys

from simulator.process import Simulator


def main(arguments: list[str]) -> int:
    """Start it, say how to reach it, and wait until it ends or is interrupted; return the exit status."""
    # Ends like this whoever asks, so that the process that answers the requests ends too. Ctrl-C is named because
    # a shell that starts a command in the background makes it deaf to that.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with Simulator(arguments=arguments) as cloud:
        variables = {
            "ACRONIS_DATACENTER_URL": cloud.url,
            "ACRONIS_CLIENT_ID": cloud.client_id,
            "ACRONIS_CLIENT_SECRET": cloud.client_secret,
        }
        for name, value in variables.items():
            print(f"export {name}={shlex.quote(value)}", flush=True)
        print("The simulator runs until Ctrl-C. Paste the lines above into another shell.", file=sys.stderr)
        try:
            return cloud.process.wait()
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
