#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs each fuzzer's target once on every seed: run_seeds.py FUZZER..."""
import pathlib
import subprocess
import sys
import tempfile

with tempfile.TemporaryDirectory(prefix="cardseal-seeds-") as folder:
    subprocess.run([sys.executable, pathlib.Path(__file__).with_name("seeds"), folder], check=True)
    seeds = sorted(pathlib.Path(folder).iterdir())
    failed = [fuzzer for fuzzer in sys.argv[1:]
              if subprocess.run([fuzzer, *seeds], stdin=subprocess.DEVNULL, check=False).returncode != 0]
sys.exit(f"failed: {', '.join(failed)}" if failed else 0)
