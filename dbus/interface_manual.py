#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes a manual page of an interface description: interface_manual.py INTERFACE.xml OUTPUT.5

What stands in a comment before a member is the member's text; the first comment in the file is the description. Lines
that are indented stay as they are. A member without a comment is an error.
"""
import itertools
import pathlib
import sys
import textwrap
import xml.etree.ElementTree as ElementTree

KINDS = {"method": "METHODS", "signal": "SIGNALS", "property": "PROPERTIES"}


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def lines_of(comment):
    """A comment's lines; its first line begins where the comment does."""
    first, _, rest = comment.strip("\n").partition("\n")
    return (first.strip() + "\n" + textwrap.dedent(rest)).strip("\n").splitlines()


def paragraphs(comment, between=".PP"):
    for (blank, indented), group in itertools.groupby(
            lines_of(comment), lambda line: (not line.strip(), line.startswith(" "))):
        if blank:
            yield between
        elif indented:
            yield from [".EX", *(escaped(line) for line in group), ".EE"]
        else:
            yield from (escaped(line) for line in group)


def arguments(member, direction):
    return ", ".join(f"{argument.get('type')} {argument.get('name')}" for argument in member.findall("arg")
                     if argument.get("direction", "out") == direction)


def signature(member):
    name = member.get("name")
    if member.tag == "property":
        return f"{member.get('type')} {name} ({member.get('access')})"
    if member.tag == "signal":
        return f"{name} ({arguments(member, 'out')})"
    answer = arguments(member, "out")
    return f"{name} ({arguments(member, 'in')})" + (f" -> ({answer})" if answer else "")


def sections(interface):
    """The members of each kind, each with the comment before it."""
    found = {kind: [] for kind in KINDS}
    comment = ""
    for node in interface:
        if node.tag is ElementTree.Comment:
            comment = node.text
        elif node.tag in found:
            found[node.tag].append((node, comment))
            comment = ""
    return found


def manual(path):
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    text = path.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text, parser=parser)
    description = text.split("<!--")[2].split("-->")[0]  # the first is the licence
    name = path.stem
    page = [".\\\" Made from the interface description.", f".TH {name} 5 \"\" cardseal \"D\\-Bus interface\"", ".SH NAME",
            f"{escaped(name)} \\- D\\-Bus interface of cardseald", ".SH DESCRIPTION", *paragraphs(description)]
    for interface in root.findall("interface"):
        for kind, members in sections(interface).items():
            if members:
                page.append(f".SH {KINDS[kind]}")
            for member, comment in members:
                if not comment:
                    sys.exit(f"{path}: {member.get('name')} has no comment before it")
                page += [".TP", f".B {escaped(signature(member))}", *paragraphs(comment, between=".IP")]
    page += [".SH SEE ALSO", ".BR cardseald (8),", ".BR cardseal (1)"]
    return "\n".join(page) + "\n"


if __name__ == "__main__":
    pathlib.Path(sys.argv[2]).write_text(manual(pathlib.Path(sys.argv[1])), encoding="utf-8")
