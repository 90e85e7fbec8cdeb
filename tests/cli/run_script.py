#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs one readable script of this folder in a world of its own: run_script.py SCRIPT.txt

A script is lines of commands, then files in txtar form ("-- NAME --" and the content). Words are quoted as in sh; "#"
begins a comment; $NAME is replaced by a variable. Each script has its own folder, bus, daemon, token and pinentry.

    world KIND... [OPTION...]   first command: the keys on the token (rsa2048, p256...; addresses rsa2048@example.org),
                                and: intermediate (it issues them), activated (the bus starts the daemon), faults (the
                                fault module stands before SoftHSM), crl (a revocation list is configured), forgetful
                                (signers' certificates are not remembered), twins (a second token of the same label,
                                its PIN 5678), empty (nothing is on the token, not even the authority)
    identity NAME OPTION=VALUE...   another identity: kind, email, usage, validity, token=yes|no|key|certificate
    certify REQUEST OUT         the authority makes a certificate of a PKCS#10 request
    revoke NAME                 the authority revokes the identity's certificate and its list says so
    cardseal ARGUMENT...        the command; "cardseal ... &" leaves it running
    exec PROGRAM ARGUMENT...    another program, such as openssl
    ! COMMAND                   must fail; without it a command must succeed
    exit N                      the last command's exit status
    stdout|stderr REGEX         what it said must match ("! stdout ." : it said nothing)
    json PATH VALUE             what it said is JSON, and .a.0.b in it is VALUE (JSON)
    stdin FILE                  standard input of the next command
    save FILE                   what it said becomes a file
    exists|cmp|cp|rm FILE...    files ("! exists OUT")
    cut FILE SIZE               the file loses what is behind SIZE bytes
    grep REGEX FILE             a file matches
    crlf FILE OUT               line feeds become CRLF
    pinentry ANSWER...          what pinentry answers from now on, one word-quoted answer each
    asked                       waits until pinentry is asked
    signal NAME                 sends a signal to the command left running
    kill-daemon                 kills cardseald
    finish                      waits for the command left running, which is then the last command
    faults STATEMENT...         what the fault module does from now on

Variables: $WORK, $WORLD, $CA, $EXAMPLES (in client) and $EXAMPLES_BUILD, $CARDSEALD, $SERIAL_1 and $SERIAL_2 with twins, and for each
identity $CERT_name, $KEYFILE_name, $ID_name, $FINGERPRINT_name.
"""
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support/fixtures"))

from cardseal_world import REPOSITORY, World, build_folder  # noqa: E402

LIMIT_SECONDS = 120


class Failed(Exception):
    """A line of the script did not hold."""


def parse(text):
    """The lines before the first file, with their numbers, and the files."""
    parts = re.split(r"^-- (\S+) --\n", text, flags=re.M)
    lines = [(number, line.strip()) for number, line in enumerate(parts[0].splitlines(), 1)]
    return [(number, line) for number, line in lines if line and not line.startswith("#")], dict(
        zip(parts[1::2], parts[2::2]))


class Script:
    """One run: the world, and what the last command left behind."""

    def __init__(self, path):
        self.lines, self.files = parse(path.read_text(encoding="utf-8"))
        self.world = None
        self.last = None
        self.running = None
        self.input = None
        self.variables = {}
        self.identities = {}

    def run(self):
        for number, line in self.lines:
            try:
                self.run_line(line)
            except Failed as failure:
                raise Failed(f"line {number}: {line}\n{failure}\n{self.last_output()}") from failure

    def close(self):
        if self.running:
            self.running.kill()
            self.running.wait()
        if self.world:
            self.world.close()

    def run_line(self, line):
        words = [self.substitute(word) for word in shlex.split(line, comments=True)]
        expected = words[0] != "!"
        name, *arguments = words if expected else words[1:]
        method = getattr(self, "do_" + name.replace("-", "_"), None)
        if not method:
            raise Failed("no such command")
        if not self.world and name != "world":
            raise Failed("the first command must be 'world'")
        if bool(method(*arguments)) != expected:
            raise Failed("it failed" if expected else "it did not fail")

    def substitute(self, word):
        def value(match):
            if match[1] not in self.variables:
                raise Failed(f"${match[1]} is not known")
            return self.variables[match[1]]
        return re.sub(r"\$([A-Za-z_]\w*)", value, word)

    def last_output(self):
        if not self.last:
            return ""
        said = b"\n".join([b"stdout:", self.last.stdout[:2000], b"stderr:", self.last.stderr[:4000]])
        return f"last status {self.last.returncode}\n" + said.decode(errors="replace") + "\ndaemon:\n" + self.log()

    def log(self):
        logs = (self.world.directory / name for name in ("cardseald.log", "bus.log"))
        return "".join(path.read_text(errors="replace")[-4000:] for path in logs if path.exists())

    def path(self, name):
        return self.work / name

    # The world

    def do_world(self, *words):
        options = {"intermediate", "activated", "faults", "crl", "forgetful", "twins", "empty"}
        self.world = World(keys=[word for word in words if word not in options], intermediate="intermediate" in words,
                           chain_on_token="empty" not in words)
        self.world.write_configuration(fault_module="faults" in words, remember="forgetful" not in words,
                                       crls=[self.world.authority.revocation_list()] if "crl" in words else [])
        self.work = self.world.directory / "work"
        self.work.mkdir()
        for name, content in self.files.items():
            self.path(name).write_text(content, encoding="utf-8")
        self.variables = {"EXAMPLES": str(REPOSITORY / "client/examples"),
                          "EXAMPLES_BUILD": str(build_folder() / "client/examples"),
                          "CARDSEALD": str(build_folder() / "daemon/broker/cardseald"), "WORK": str(self.work), "WORLD": str(self.world.directory),
                          "CA": str(self.world.authority.root_certificate)}
        for name in self.world.identities:
            self.name_identity(name, self.world.identities[name])
        if "twins" in words:
            twins = [self.world.token, self.world.softhsm.token(self.world.token.label, "5678")]
            self.variables |= {f"SERIAL_{number}": token.serial for number, token in enumerate(twins, 1)}
        if "activated" not in words:
            self.world.start_daemon()
        return True

    def name_identity(self, name, identity):
        self.variables |= {"CERT_" + name: str(identity.certificate), "KEYFILE_" + name: str(identity.key),
                           "ID_" + name: identity.key_id, "FINGERPRINT_" + name: identity.fingerprint}

    def do_identity(self, name, *words):
        options = dict(word.split("=", 1) for word in words)
        token = options.pop("token", "no")
        identity = self.world.authority.identity(name, options.pop("kind", "rsa2048"), **options)
        if token != "no":
            self.world.token.add(identity, key=token != "certificate", certificate=token != "key")
        self.identities[name] = identity
        self.name_identity(name, identity)
        return True

    def do_certify(self, request, certificate):
        self.world.authority.certify(self.path(request), self.path(certificate))
        return True

    def do_revoke(self, name):
        self.world.authority.revoke(self.identities[name])
        self.world.authority.revocation_list()
        return True

    def do_pinentry(self, *answers):
        self.world.plan_pinentry(*answers)
        return True

    def do_faults(self, *statements):
        self.world.set_faults(*statements)
        return True

    def do_asked(self):
        return self.first_line_of(self.world.directory / "bin/pinentry.asked")

    def first_line_of(self, fifo):
        reader = subprocess.Popen(["head", "-n1", str(fifo)], stdout=subprocess.PIPE)
        try:
            return bool(reader.communicate(timeout=LIMIT_SECONDS)[0])
        finally:
            reader.kill()

    def do_kill_daemon(self):
        self.world.daemon.kill()
        self.world.daemon.wait()
        return True

    # Commands

    def do_cardseal(self, *arguments):
        return self.do_exec("cardseal", *arguments)

    def do_exec(self, *command):
        source, self.input = self.input, None
        data = self.path(source).read_bytes() if source else b""
        process_options = {"cwd": self.work, "env": self.world.environment}
        if command[-1] == "&":
            self.running = subprocess.Popen(command[:-1], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                            stderr=subprocess.PIPE, **process_options)
            return True
        self.last = subprocess.run(command, input=data, capture_output=True, check=False, timeout=LIMIT_SECONDS,
                                   **process_options)
        return self.last.returncode == 0

    def do_signal(self, name):
        self.running.send_signal(getattr(signal, "SIG" + name))
        return True

    def do_finish(self):
        process, self.running = self.running, None
        stdout, stderr = process.communicate(timeout=LIMIT_SECONDS)
        self.last = subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)
        return process.returncode == 0

    def do_stdin(self, name):
        self.input = name
        return True

    # What they left

    def do_exit(self, status):
        return self.last.returncode == int(status)

    def do_stdout(self, pattern):
        return bool(re.search(pattern.encode(), self.last.stdout, re.M))

    def do_stderr(self, pattern):
        return bool(re.search(pattern.encode(), self.last.stderr, re.M))

    def do_json(self, path, expected):
        value = json.loads(self.last.stdout)
        for step in path.strip(".").split("."):
            value = value[int(step) if isinstance(value, list) else step]
        if value != json.loads(expected):
            raise Failed(f"it is {json.dumps(value)}")
        return True

    def do_save(self, name):
        self.path(name).write_bytes(self.last.stdout)
        return True

    def do_exists(self, *names):
        return all(self.path(name).exists() for name in names)

    def do_cmp(self, first, second):
        return self.path(first).read_bytes() == self.path(second).read_bytes()

    def do_cp(self, source, target):
        self.path(target).write_bytes(self.path(source).read_bytes())
        return True

    def do_rm(self, *names):
        for name in names:
            self.path(name).unlink()
        return True

    def do_cut(self, name, size):
        os.truncate(self.path(name), int(size))
        return True

    def do_grep(self, pattern, name):
        return bool(re.search(pattern.encode(), self.path(name).read_bytes(), re.M))

    def do_crlf(self, source, target):
        self.path(target).write_bytes(self.path(source).read_bytes().replace(b"\n", b"\r\n"))
        return True


def main():
    path = pathlib.Path(sys.argv[1])
    script = Script(path)
    try:
        script.run()
    except Failed as failure:
        print(f"{path.name}: {failure}", file=sys.stderr)
        return 1
    finally:
        script.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
