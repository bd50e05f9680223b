#!/bin/sh
# The crash test at length: kill -9 under load, 100 rounds of the server and 100 of PostgreSQL, and
# the same on an unsafe database, which must lose something. What is printed is what was measured.
set -eu
build=$1
JIANAN_CRASH_ROUNDS=${JIANAN_CRASH_ROUNDS:-100}
export JIANAN_CRASH_ROUNDS
[ -x "$build/crash" ] || { echo "no $build/crash: build it first" >&2; exit 1; }
for victim in server database unsafe; do
    "$build/crash" "$victim" 2>"$build/crash.log" || { tail -20 "$build/crash.log"; exit 1; }
done
