#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Puts a program into a manual page, in the place of its line EXAMPLE: insert_example.py PAGE PROGRAM OUTPUT"""
import pathlib
import sys


def escaped(line):
    return "\\&" + line.replace("\\", "\\e").replace("-", "\\-")


def main():
    page, program, output = map(pathlib.Path, sys.argv[1:])
    lines = [".EX", *map(escaped, program.read_text(encoding="utf-8").splitlines()), ".EE"]
    before, mark, after = page.read_text(encoding="utf-8").partition('.\\" EXAMPLE\n')
    if not mark:
        sys.exit(f"{page}: no line for the example")
    output.write_text(before + "\n".join(lines) + "\n" + after, encoding="utf-8")


if __name__ == "__main__":
    main()
