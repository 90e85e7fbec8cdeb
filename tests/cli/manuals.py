#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every installed program has a manual page that says what its --help says, and every page is sound."""
import json
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support/fixtures"))

from cardseal_world import build_folder  # noqa: E402

OPTION = re.compile(r"--[a-z][a-z0-9-]*")
# Options of other programs that a page shows the use of.
FOREIGN = {"cardseal-git": {"--show-signature", "--global"}, "cardseal-mutt": {"--encrypt"},
           "cardseal-sendmail": {"--global"}, "cardseald": {"--user"}}
# It passes its options, --help too, on to another program.
PASSING_ON = {"cardseal-gpgsm"}
SECTIONS = ("NAME", "SYNOPSIS", "DESCRIPTION", "ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES", "SEE ALSO")


class Installed:
    """What the installation would put where, by name."""

    def __init__(self):
        installed = json.loads((build_folder() / "meson-info/intro-installed.json").read_text(encoding="utf-8"))
        self.programs = {path.name: file for file, path in self.paths(installed, "bin")}
        self.pages = {path.name: file for file, path in self.paths(installed, "man")}

    @staticmethod
    def paths(installed, folder):
        for file, target in installed.items():
            if folder in pathlib.Path(target).parts:
                yield pathlib.Path(file), pathlib.Path(target)

    def page_of(self, program):
        return next((self.pages[name] for name in (program + ".1", program + ".8") if name in self.pages), None)


def text_of(page):
    return page.read_text(encoding="utf-8").replace("\\-", "-")


def helps_of(program, *commands):
    """The help of a program, and of each of its commands."""
    text = subprocess.run([program, *commands, "--help"], check=True, capture_output=True, text=True).stdout
    yield text
    for line in text.partition("\nSubcommands:\n")[2].splitlines():
        if command := re.match(r"  ([a-z-]+) ", line):
            yield from helps_of(program, *commands, command[1])


def options_of(program):
    return {option for text in helps_of(program) for option in OPTION.findall(re.sub(r"(?m)^ {20,}.*$", "", text))}


def check_program(name, program, page):
    """The faults of one page beside its program."""
    if not page:
        return [f"{name} has no manual page"]
    text = text_of(page)
    helped, told = set(), set()
    if name not in PASSING_ON:
        helped, told = options_of(program), set(OPTION.findall(text))
    helped, told = helped - FOREIGN.get(name, set()), told - FOREIGN.get(name, set())
    return ([f"{page.name} does not have {option}" for option in sorted(helped - told)] +
            [f"{page.name} has {option}, which --help has not" for option in sorted(told - helped)] +
            [f"{page.name} has no {section}" for section in SECTIONS
             if not re.search(rf'^\.SH "?{section}"?$', text, re.M)])


def check_form(page):
    """mandoc's complaints. A page has no date: it is that of the version."""
    complaints = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], check=False, capture_output=True,
                                text=True).stdout.splitlines()
    return [line for line in complaints if "missing date" not in line]


def main():
    installed = Installed()
    faults = [fault for name, program in sorted(installed.programs.items())
              for fault in check_program(name, program, installed.page_of(name))]
    if shutil.which("mandoc"):
        for page in installed.pages.values():
            faults += check_form(page)
    else:
        print("mandoc is not installed: the form of the pages is not checked")
    print("\n".join(faults) or f"{len(installed.programs)} programs and {len(installed.pages)} pages are in step")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
