#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Puts programs into a manual page, each in the place of the line that names it: insert_example.py PAGE PROGRAM... OUTPUT"""
import pathlib
import sys


def escaped(line):
    return "\\&" + line.replace("\\", "\\e").replace("-", "\\-")


def main():
    page, *programs, output = map(pathlib.Path, sys.argv[1:])
    text = page.read_text(encoding="utf-8")
    for program in programs:
        lines = [".EX", *map(escaped, program.read_text(encoding="utf-8").splitlines()), ".EE"]
        before, mark, after = text.partition(f'.\\" EXAMPLE {program.name}\n')
        if not mark:
            sys.exit(f"{page}: no line for the example {program.name}")
        text = before + "\n".join(lines) + "\n" + after
    output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
