#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Presses Tab in a real shell: completion.py bash|zsh|fish. Skipped (77) where the shell is not installed."""
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support/fixtures"))

from cardseal_world import REPOSITORY, World, build_folder  # noqa: E402

COMPLETIONS = REPOSITORY / "client/completion"
LIMIT_SECONDS = 60
SKIPPED = 77
SHOWN = re.compile(rb"<line:(.*?):line>", re.S)

# Ctrl-T shows the line that is being edited, Ctrl-O puts in every candidate at once.
BASH = f"""PS1=READY
source {COMPLETIONS}/cardseal.bash
bind -x '"\\C-t": printf "<line:%s:line>" "$READLINE_LINE"'
bind '"\\C-o": insert-completions'
bind 'set bell-style none'
"""
ZSH = f"""PS1=READY
fpath=({COMPLETIONS} $fpath)
autoload -Uz compinit && compinit -D -u
setopt no_beep no_auto_menu no_list_ambiguous
show-line() {{ print -rn -- "<line:${{BUFFER}}:line>" }}
zle -N show-line
bindkey '^T' show-line
zle -C all-matches complete-word _generic
zstyle ':completion:all-matches:*' completer _all_matches _complete
zstyle ':completion:all-matches:*' insert true
bindkey '^O' all-matches
"""


class LineShell:
    """bash or zsh on a terminal of its own."""

    def __init__(self, world, folder, name):
        settings = folder / ".zshrc"
        settings.write_text(ZSH if name == "zsh" else BASH, encoding="utf-8")
        command = ["zsh", "-i"] if name == "zsh" else ["bash", "--rcfile", settings, "-i"]
        environment = world.environment | {"TERM": "dumb", "ZDOTDIR": str(folder)}
        self.terminal, other = pty.openpty()
        self.process = subprocess.Popen(command, stdin=other, stdout=other, stderr=other, cwd=folder, env=environment,
                                        start_new_session=True)
        os.close(other)
        self.read_until(re.compile(rb"READY"))

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)

    def read_until(self, pattern):
        deadline, seen = time.monotonic() + LIMIT_SECONDS, b""
        while not (match := pattern.search(seen)):
            ready, _, _ = select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise AssertionError(f"the shell shows only {seen!r}")
            seen += os.read(self.terminal, 65536)
        return match

    def line_after(self, line, key):
        os.write(self.terminal, b"\x15" + line.encode() + key + b"\x14")
        return self.read_until(SHOWN)[1].decode()

    def tab(self, line):
        return self.line_after(line, b"\t")

    def candidates(self, line):
        inserted = self.line_after(line, b"\x0f")
        return inserted[line.rindex(" ") + 1:].split()


class Fish:
    """fish tells the candidates of a line; a single one is what Tab puts in."""

    def __init__(self, world, folder, _):
        self.options = {"env": world.environment, "cwd": folder, "check": True, "capture_output": True,
                        "text": True, "timeout": LIMIT_SECONDS}

    def close(self):
        pass

    def told(self, line):
        script = f"source {COMPLETIONS}/cardseal.fish; complete --escape -C $argv[1]"
        lines = subprocess.run(["fish", "--no-config", "-c", script, line], **self.options).stdout.splitlines()
        return [text.split("\t")[0] for text in lines]

    def candidates(self, line):
        return self.told(line)

    def tab(self, line):
        (only,) = self.told(line)
        return re.sub(r"(\\.|[^\\ ])*$", "", line) + only


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def check_tab(shell, line, expected):
    shown = shell.tab(line).rstrip(" ")
    check(shown == expected, f"Tab behind {line!r} gives {shown!r}, not {expected!r}")
    print(f"{line}<Tab>  {shown}")


def check_candidates(shell, line, present, absent=()):
    found = shell.candidates(line)
    check(set(present) <= set(found) and not set(absent) & set(found), f"{line!r} offers {found}")
    print(f"{line}<Tab>  {' '.join(found)}")


def check_words(shell):
    """What the command line itself knows."""
    check_tab(shell, "cardseal import-c", "cardseal import-certificate")
    check_tab(shell, "cardseal pin unb", "cardseal pin unblock")
    check_tab(shell, "cardseal sign --to-be", "cardseal sign --to-be-encrypted")
    check_tab(shell, "cardseal sign --format sm", "cardseal sign --format smime")
    check_tab(shell, "cardseal encrypt --profile=mod", "cardseal encrypt --profile=modern")
    check_tab(shell, "cardseal-sendmail --encrypt=if", "cardseal-sendmail --encrypt=if-possible")
    check_tab(shell, "cardseal-mutt fol", "cardseal-mutt folder")
    check_tab(shell, "cardseald --che", "cardseald --check")
    check_candidates(shell, "cardseal ", ["sign", "verify", "monitor"], ["--json", "folder"])
    check_candidates(shell, "cardseal verify --", ["--from", "--at", "--json", "--help"], ["--cipher"])
    check_candidates(shell, "cardseal request --usage ", ["sign", "encrypt", "both"], ["decrypt"])


def check_files(shell):
    check_tab(shell, "cardseal verify a\\ ma", "cardseal verify a\\ mail.eml")
    check_tab(shell, "cardseal decrypt -o ou", "cardseal decrypt -o out.txt")
    check_tab(shell, "cardseal encrypt --to bo", "cardseal encrypt --to bob.pem")
    check_tab(shell, "cardseald --config cardseal.t", "cardseald --config cardseal.toml")


def check_known(shell, world):
    """Keys, tokens, addresses, certificates and parts."""
    identity = world.identities["rsa2048"]
    check_tab(shell, "cardseal sign --key rsa", "cardseal sign --key rsa2048@example.org")
    check_tab(shell, "cardseal sign --key=rsa2048@", "cardseal sign --key=rsa2048@example.org")
    check_tab(shell, f"cardseal sign --key {identity.key_id[:20]}",
              f"cardseal sign --key {identity.key_id}")
    check_candidates(shell, "cardseal encrypt --key ", ["none", "rsa2048@example.org", "p256@example.org"])
    check_tab(shell, "cardseal unlock Alice", "cardseal unlock Alice\\'s\\ card")
    check_tab(shell, "cardseal encrypt --to carl", "cardseal encrypt --to carla@example.org")
    check_tab(shell, "cardseal verify --from carl", "cardseal verify --from carla@example.org")
    check_tab(shell, f"cardseal certificates remove {world.carla.fingerprint[:12]}",
              f"cardseal certificates remove {world.carla.fingerprint}")
    check_candidates(shell, "cardseal encrypt --to ", ["carla@example.org", "bob.pem"], ["rsa2048@example.org"])
    check_candidates(shell, "cardseal verify two.eml --part ", ["1", "2"], ["3"])


def check_silence(shell, world):
    """A daemon that does not answer is not waited for, and nothing is said of it."""
    world.daemon.send_signal(signal.SIGSTOP)
    check_candidates(shell, "cardseal encrypt --key ", ["none"], ["rsa2048@example.org"])
    world.daemon.send_signal(signal.SIGCONT)


MAIL = """Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain

one
--x
Content-Type: text/plain

two
--x--
"""


def main():
    name = sys.argv[1]
    if not shutil.which(name):
        print(f"{name} is not installed")
        return SKIPPED
    with World(keys=["rsa2048", "p256"]) as world:
        world.softhsm.token("Alice's card", "5678")
        world.write_configuration()
        world.start_daemon()
        world.environment["PATH"] = f"{build_folder() / 'daemon/broker'}:{world.environment['PATH']}"  # cardseald
        world.carla = world.authority.identity("carla")
        world.run("cardseal", "certificates", "import", world.carla.certificate)
        folder = world.directory / "work"
        folder.mkdir()
        for file, text in {"a mail.eml": "", "out.txt": "", "bob.pem": "", "cardseal.toml": "", "two.eml": MAIL}.items():
            (folder / file).write_text(text, encoding="utf-8")
        shell = (Fish if name == "fish" else LineShell)(world, folder, name)
        try:
            check_words(shell)
            check_files(shell)
            check_known(shell, world)
            check_silence(shell, world)
        finally:
            shell.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
