#!/bin/bash
# The API's description is kept by hand; this holds it to the route table. Of each route it compares
# method, path, who may (x-roles), and whether an Idempotency-Key is asked for.
#
#   openapi.sh PROGRAM     PROGRAM is jianan-server
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -eq 1 ] || { sed -n '5s/^# *//p' "$0" >&2; exit 2; }

# One object a line: {"method":"GET","path":"/v1/orgs","writes":false,…,"roles":["operator",…],…}
from_program() {
    local head='"method":"([A-Z]+)","path":"([^"]+)","writes":(true|false)'
    local tail='"permissions":\[([^]]*)\],"roles":\[([^]]*)\]'

    "$1" --print-routes | sed -n -E "s/.*$head,.*$tail.*/\1 \2 \3 [\4] \5/p" |
        sed -E 's/ \[\] .*$/ open/; s/ \[[^]]*\] / /; s/"//g; s/,/, /g'
}

# Two spaces and a slash open a path, four a method; what follows belongs to that method.
from_description() {
    awk '
        function finish() { if (method != "") print method, path, writes, roles }
        /^[a-z]/            { finish(); method = ""; inside = ($1 == "paths:") }
        !inside             { next }
        /^  \//             { finish(); method = ""; path = substr($1, 1, length($1) - 1) }
        /^    [a-z]+:$/     { finish(); method = toupper(substr($1, 1, length($1) - 1)); writes = "false"; roles = "" }
        /^      security: \[\]$/ { roles = "open" }
        /^      x-roles: /  { roles = $0; sub(/^[^[]*\[/, "", roles); sub(/\]$/, "", roles) }
        /parameters\/IdempotencyKey"/ { writes = "true" }
        END                 { finish() }
    ' server/openapi.yaml
}

program=$(from_program "$1" | LC_ALL=C sort)
[ -n "$program" ] || { echo "openapi.sh: $1 --print-routes prints no routes" >&2; exit 1; }
if ! difference=$(diff <(echo "$program") <(from_description | LC_ALL=C sort)); then
    echo "server/openapi.yaml and the route table differ (< program, > description):"
    echo "$difference"
    exit 1
fi
