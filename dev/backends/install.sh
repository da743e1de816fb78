#!/usr/bin/env bash
# Installs what the optional tests use, from the ordinary package registry that pip is set up for.
# Does nothing where the right versions are there already. PYTHON chooses the interpreter.
set -euo pipefail

python=${PYTHON:-python3}
requirements=$(dirname "$0")/requirements.txt

command -v "$python" >/dev/null || {
  echo "dev/backends: $python is not installed; the tests that need it will be skipped" >&2
  exit 1
}

installed() {
  "$python" - "$requirements" <<'CHECK'
import re, sys
from importlib.metadata import PackageNotFoundError, version

for line in open(sys.argv[1]):
    wanted = re.match(r"([\w-]+)(?:\[\w+\])?==([\w.]+)", line)
    if not wanted:
        continue
    try:
        if version(wanted[1]) != wanted[2]:
            sys.exit(1)
    except PackageNotFoundError:
        sys.exit(1)
# moto's server is an extra of its own
import importlib.util
sys.exit(importlib.util.find_spec("flask") is None)
CHECK
}

if installed; then
  echo "dev/backends: moto, boto3 and the AWS CLI are there"
  exit 0
fi
"$python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" ||
  # Distributions that manage Python themselves refuse without this (PEP 668); CI machines are thrown away.
  "$python" -m pip install --quiet --disable-pip-version-check --break-system-packages --user --requirement "$requirements"
