#!/bin/bash
# Every deed that the server writes into the audit has its words in server/domain/deed.def, and every
# row there is a deed that is written. Deeds are literals of the form "noun.verb" in server/api, and
# what a statement writes into the audit by itself.
set -euo pipefail
cd "$(dirname "$0")/../.."

written() {
    grep -hoE '"[a-z]+\.[a-z_]+"' server/api/*.c | tr -d '"'
    grep -lE 'INSERT INTO audit' server/store/sql/*.sql | xargs grep -hoE "'[a-z]+\.[a-z_]+'" |
        tr -d "'"
}
told() { sed -n -E 's/^DEED\("([^"]+)".*/\1/p' server/domain/deed.def; }

lines=$(diff <(written | sort -u) <(told | sort) | grep '^[<>]' || true)
[ -n "$lines" ] || exit 0
sed -e 's/^< /    written, without words in deed.def: /' -e 's/^> /    in deed.def, never written: /' \
    <<<"$lines"
exit 1
