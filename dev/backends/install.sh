#!/usr/bin/env bash
# Installs what the optional tests use, from the ordinary package registries that pip and npm are set up for.
# Does nothing where the right versions are there already. PYTHON chooses the interpreter.
set -euo pipefail

# Amazon's DynamoDB Local, for Java: the jar lies in an npm package of Amazon's. Its licence allows development and
# testing, not passing it on: it goes into a cache folder outside the repository (dynamodb-local.ts looks there).
dynamodb_local() {
  local version=2.9.30
  local integrity=sha512-xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ==
  local folder=${SENTINEL_DYNAMODB_LOCAL:-${XDG_CACHE_HOME:-$HOME/.cache}/sentinel-gateway-dev/dynamodb-local-$version}
  if [ -f "$folder/DynamoDBLocal.jar" ]; then
    echo "dev/backends: DynamoDB Local is there"
  else
    local download
    download=$(mktemp -d)
    (cd "$download" && npm pack --silent "amplify-dynamodb-simulator@$version" > /dev/null)
    local found
    found=sha512-$(openssl dgst -sha512 -binary "$download"/*.tgz | openssl base64 -A)
    if [ "$found" != "$integrity" ]; then
      echo "dev/backends: the package with DynamoDB Local is not the one that was looked at: $found" >&2
      rm -rf "$download"
      return 1
    fi
    tar -xzf "$download"/*.tgz -C "$download" package/emulator
    mkdir -p "$(dirname "$folder")"
    mv "$download/package/emulator" "$folder"
    rm -rf "$download"
  fi
  command -v java > /dev/null || {
    echo "dev/backends: there is no Java; the tests that need DynamoDB Local will be skipped" >&2
    return 1
  }
}

failed=0
dynamodb_local || failed=1

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
  exit "$failed"
fi
"$python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" ||
  # Distributions that manage Python themselves refuse without this (PEP 668); CI machines are thrown away.
  "$python" -m pip install --quiet --disable-pip-version-check --break-system-packages --user --requirement "$requirements"
exit "$failed"
