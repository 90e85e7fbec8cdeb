# SPDX-License-Identifier: LGPL-2.1-or-later
"""What test beds share: finding their parts, running them in a world, and saying so where one cannot run."""
import glob
import re
import subprocess
import time

START_SECONDS = 30


class Unavailable(Exception):
    """This bed cannot run here; the text says why."""


def required(pattern, package):
    """The first file that fits."""
    for path in sorted(glob.glob(pattern)):
        return path
    raise Unavailable(f"{pattern} is not there: install the package {package}")


def package_version(package):
    """Its name and upstream version, for the title of a table."""
    version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True,
                             check=True).stdout
    return package + " " + re.sub(r"^\d+:|[-+].*", "", version)


def require_namespaces():
    """Some containers let not even root make them."""
    done = subprocess.run(["unshare", "--net", "--mount", "ip", "link", "set", "lo", "up"], capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        raise Unavailable(f"no namespaces: {done.stderr.strip()}")


def wait_until(holds, what, process=None, seconds=START_SECONDS):
    """Looks until it holds; how long that took."""
    begun = time.monotonic()
    while not holds():
        if process and process.poll() is not None:
            raise RuntimeError(f"{what}: the process ended with status {process.returncode}")
        if time.monotonic() - begun > seconds:
            raise RuntimeError(f"not after {seconds} seconds: {what}")
    return time.monotonic() - begun
