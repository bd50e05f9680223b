# What the scripts here share; sourced. BUILD is the release build's folder, TABLE the file to which
# each adds its rows between tabs.
set -euo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=$(cd "${1:?the folder of a release build}" && pwd)
table=${TABLE:-}

row() { # what, ours, baseline, ratio, CPU ratio, note
    local line
    line=$(printf '%s\t%s\t%s\t%s\t%s\t%s' "$@")
    [[ -z $table ]] || echo "$line" >>"$table"
    rows+=$line$'\n'
}
rows=

print_rows() { # of this script, unless somebody gathers them in TABLE
    [[ -n $table ]] || printf '%s' "$rows" | tests/bench/table.sh
}

median() { # of numbers on standard input
    sort -g | awk '{ v[NR] = $1 } END { if (NR) printf "%.6g\n", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.3f", a / b; else print "-" }'; }

# The server has the first core, everything else the last one; with one core nothing is pinned. Both
# take the place of the shell they run in, so that $! is the program's own number.
can_pin() { [[ $(nproc) -gt 1 ]] && command -v taskset >/dev/null; }
server_core() { if can_pin; then exec taskset -c 0 "$@"; else exec "$@"; fi; }
others_core() { if can_pin; then exec taskset -c "$(($(nproc) - 1))" "$@"; else exec "$@"; fi; }
