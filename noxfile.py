# Copyright (c) 2026, TenantOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks. ``make test`` runs all of them, side by side; ``nox -l`` lists them and ``nox -s NAME`` runs one."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import antsibull_nox
import nox
from antsibull_nox.sessions import prepare_collections

ROOT = Path(__file__).resolve().parent
# The command nox does not look here for what a noxfile imports.
sys.path.insert(0, str(ROOT))

from hacking.home import prepare
from hacking.pythons import CORES, Core, present_cores, python_for

BUILD = ROOT / ".build"
PINS = "requirements/sessions.txt"

# What "make test" says; whoever runs a session by its name gets the whole of it.
EVERY = os.environ.get("CHECKS", "every") == "every"
# The tag of integration tests of what our code makes of a server's answers: the same whatever ansible-core runs it.
SAME_ON_EACH_CORE = "server"
# The unit tests that are most of them. What Ansible loads by itself is tested beside it.
MODULE_UTILS = Path("tests", "unit", "plugins", "module_utils")

nox.options.allow_parallel = True
nox.options.download_python = "never"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = True

antsibull_nox.load_antsibull_nox_toml()


def note(session: nox.Session, text: str) -> None:
    """Say in one line what the session has checked; ``make test`` shows it beside the session's result.

    Args:
        session: Who says it.
        text: What, such as ``143 tests``.
    """
    session.log(text)
    directory = BUILD / "notes"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"{session.name}.txt").write_text(text + "\n", encoding="utf-8")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the plugins, of the unit tests, of the simulator and of the repository's own tools."""
    session.install("-U", "-r", "requirements/test.txt")
    tree = str(BUILD / "types")
    session.run("python", "hacking/tree.py", tree)
    session.run("hacking/types.sh", tree, external=True)


@nox.session(python=False)
def imports(session: nox.Session) -> None:
    """Hold the imports of the plugins, and what else hacking/imports.py knows, against its rules."""
    session.run(sys.executable, "hacking/imports.py", "--check", external=True)


@nox.session
def generated(session: nox.Session) -> None:
    """Check that what ``make generate`` writes is up to date."""
    session.install("-U", "PyYAML", "-c", PINS)
    session.run("python", "hacking/generate.py", "--check")


@nox.session
def simulator(session: nox.Session) -> None:
    """Hold the simulator against the contracts, without the plugins."""
    session.install("-U", "-r", "tests/unit/requirements.txt", "pytest", "pytest-xdist", "-c", PINS)
    report = Path(session.create_tmp()).resolve() / "report.xml"
    tests = session.posargs or ["tests/simulator/tests"]
    session.run("pytest", "-p", "no:cacheprovider", f"--junitxml={report}", *tests, env={"PYTHONPATH": "tests"})
    note(session, f"{count_tests(session, [report])} tests")


@nox.session
def long(session: nox.Session) -> None:
    """Run the unit tests with ten times as many random cases, other ones each time, and say what they cover."""
    session.install("-U", "-r", "requirements/test.txt")
    session.install("-U", "coverage", "-c", PINS)
    tree = BUILD / "long"
    session.run("python", "hacking/tree.py", str(tree))
    report = Path(session.create_tmp()).resolve() / "report.xml"
    env = {"PYTHONPATH": str(tree), "TEST_LENGTH": "10", "COVERAGE_FILE": str(tree / ".coverage")}
    with session.chdir(tree / "ansible_collections" / "tenantops" / "access"):
        coverage = ["coverage", "run", "--branch", "--source=plugins", "-m", "pytest"]
        session.run(*coverage, "-q", "-p", "no:cacheprovider", f"--junitxml={report}", "tests/unit", env=env)
        session.run("coverage", "report", "--skip-covered", "--sort=cover", env=env)
        total = str(session.run("coverage", "report", "--format=total", env=env, silent=True)).strip()
    note(session, f"{count_tests(session, [report])} tests, {total} % of lines and branches")


@nox.session
def site(session: nox.Session) -> None:
    """Build the documentation site."""
    session.install("-U", "-r", "requirements/site.txt")
    tree = BUILD / "site"
    session.run("python", "hacking/tree.py", str(tree))
    output = Path(session.create_tmp()).resolve() / "site"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    env = {"ANSIBLE_COLLECTIONS_PATH": str(tree)}
    session.run(
        "antsibull-docs", "sphinx-init", "--use-current", "--dest-dir", str(output), "tenantops.access", env=env
    )
    pages_of = ("--use-current", "--cleanup", "everything", "--dest-dir", "rst", "tenantops.access")
    # Without the documentation of others: it is on servers that need not be reached, so links to it cannot be judged.
    alone = ("-D", "extensions=sphinx_antsibull_ext", "-D", "suppress_warnings=ref.ref,ref.envvar")
    with session.chdir(output):
        (output / "rst").mkdir(mode=0o755, exist_ok=True)
        session.run("antsibull-docs", "--config-file", "antsibull-docs.cfg", "collection", *pages_of, env=env)
        session.run(
            "sphinx-build", "-q", "-b", "html", "-c", ".", "-W", "--keep-going", *alone, "rst", "build/html", env=env
        )
    pages = sorted((output / "build" / "html").rglob("*.html"))
    if not any(page.name == "acronis_mfa_policy_module.html" for page in pages):
        session.error("The site has no page of the module acronis_mfa_policy.")
    note(session, f"{len(pages)} pages")


@nox.session
def changelog(session: nox.Session) -> None:
    """Check the changelog's fragments."""
    session.install("-U", "antsibull-changelog", "-c", PINS)
    session.run("antsibull-changelog", "lint")


@nox.session
def tarball(session: nox.Session) -> None:
    """Build the collection in this checkout, used as it is, and check that it holds what users need and no more."""
    session.install("-U", "ansible-core", "-c", PINS)
    output = Path(session.create_tmp()).resolve()
    session.run("ansible-galaxy", "collection", "build", "--force", "--output-path", str(output), str(ROOT))
    (archive,) = output.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = {member.name for member in tar.getmembers() if not member.isdir()}
    tracked = session.run(
        "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", external=True, silent=True
    )
    ours = set(str(tracked).split("\0"))
    made = {"MANIFEST.json", "FILES.json"}
    parts = ("changelogs/", "docs/", "extensions/", "meta/", "playbooks/", "plugins/", "roles/", "LICENSES/")
    single = {"CHANGELOG.md", "CONTRIBUTING.md", "COPYING", "README.md", "requirements.txt"}
    junk = sorted(name for name in names - made if name not in ours or not (name in single or name.startswith(parts)))
    if junk:
        session.error("The tarball holds what no user needs: " + ", ".join(junk))
    wanted = single | {name for name in ours if name.startswith(parts) and (ROOT / name).is_file()}
    missing = sorted(wanted - names)
    if missing:
        session.error("The tarball lacks: " + ", ".join(missing))
    note(session, f"{len(names)} files")


@nox.session(python=False)
def demo(session: nox.Session) -> None:
    """Run the demo as a user does."""
    session.run("make", "demo", external=True)


def count_tests(session: nox.Session, reports: list[Path]) -> int:
    """Count the tests in JUnit reports that ran.

    Args:
        session: Fails if there is none, because a run that tested nothing must not look like one that passed.
        reports: The files.
    """
    count = 0
    for report in reports:
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            if case.find("skipped") is None:
                count += 1
    if count == 0:
        session.error("No test ran.")
    return count


def count_targets(session: nox.Session, results: Path) -> int:
    """Count the integration targets that were run to their end, by what ansible-test wrote about them.

    Args:
        session: Fails if a target of the collection is not among them.
        results: The directory with the output of ansible-test.
    """
    done: set[str] = set()
    for path in (results / "data").glob("integration-*.json"):
        done.update(json.loads(path.read_text(encoding="utf-8"))["targets"])
    wanted = set()
    for path in (ROOT / "tests" / "integration" / "targets").iterdir():
        aliases = path / "aliases"
        if path.is_dir() and not (aliases.is_file() and "hidden" in aliases.read_text(encoding="utf-8").split()):
            wanted.add(path.name)
    if not done or (wanted - done and not session.posargs):
        session.error("These integration targets did not run: " + (", ".join(sorted(wanted - done)) or "all"))
    return len(done)


def is_reduced(core: Core) -> bool:
    """Return whether less is to be done with this ansible-core than with the newest."""
    return not EVERY and core != present_cores()[-1]


def add_ansible_test(kind: str, core: Core, requirements: bool, check: Callable[[nox.Session, Path], str]) -> None:
    """Add the session that runs one command of one version's ansible-test.

    The session's own environment is the one tested in: it holds exactly what the version's lock pins.

    Args:
        kind: The command: sanity, units or integration.
        core: The version.
        requirements: Whether the command needs more of the lock than ansible-core itself.
        check: Finds in the output directory how much was tested, and fails the session if it was nothing.
    """
    found = python_for(core)
    if found is None:
        return
    version, path = found

    def run(session: nox.Session) -> None:
        pins = str(core.requirements.relative_to(ROOT))
        session.install("-U", *(("-r", pins) if requirements else ("ansible-core", "-c", pins)))
        collections = prepare_collections(session, install_in_site_packages=False, install_out_of_tree=True)
        if collections is None:
            session.error("The collection could not be copied.")
        env = prepare(BUILD / "home" / session.name, core.pip, Path(session.bin) / "python")
        # The shims of pyenv answer to the names of Pythons that they do not run.
        entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
        env["PATH"] = os.pathsep.join(entry for entry in entries if Path(entry).name != "shims")
        results = collections.current_path / "tests" / "output"
        kept = BUILD / "results" / session.name
        shutil.rmtree(kept, ignore_errors=True)
        command = ["ansible-test", kind, "--color", "no", "--python", version]
        command += {"sanity": ["--junit"], "integration": ["-v", "--continue-on-error"]}.get(kind, [])
        less = ""
        if kind == "integration" and is_reduced(core):
            command += ["--skip-tags", SAME_ON_EACH_CORE]
            less = f", without what is tagged {SAME_ON_EACH_CORE}"
        plain: list[str] = []
        if kind == "units" and is_reduced(core):
            # ansible-test forks for each test, which takes as long as the test. On one core that is enough.
            others = sorted(set(ROOT.glob("tests/unit/**/test_*.py")) - set((ROOT / MODULE_UTILS).rglob("test_*.py")))
            command += [str(path.relative_to(ROOT)) for path in others]
            report = results / "junit" / "module_utils.xml"
            plain = ["python", "-m", "pytest", "-q", "-n", "auto", "-p", "no:cacheprovider", f"--junitxml={report}"]
            plain.append(str(MODULE_UTILS))
        with session.chdir(collections.current_path):
            try:
                session.run(*command, *session.posargs, env=env)
                if plain:
                    session.run(*plain, env={**env, "PYTHONPATH": str(collections.current_path.parents[2])})
            finally:
                if results.is_dir():
                    shutil.copytree(results, kept, ignore=shutil.ignore_patterns(".tmp"))
        note(session, f"{check(session, kept)} on Python {version}, ansible-core {core.version}{less}")

    run.__doc__ = f"Run ansible-test {kind} of ansible-core {core.series} on Python {version}."
    nox.session(name=f"{kind}-{core.series}", python=str(path))(run)


def checked_tests(session: nox.Session, results: Path) -> str:
    """Say how many tests ran. See :func:`add_ansible_test`."""
    return f"{count_tests(session, sorted((results / 'junit').glob('*.xml')))} tests"


def checked_targets(session: nox.Session, results: Path) -> str:
    """Say how many integration targets ran. See :func:`add_ansible_test`."""
    return f"{count_targets(session, results)} targets"


for _core in CORES:
    add_ansible_test("sanity", _core, False, checked_tests)
    add_ansible_test("units", _core, True, checked_tests)
    add_ansible_test("integration", _core, True, checked_targets)
