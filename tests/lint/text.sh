#!/bin/bash
# What no reader should have to see: tabs and blanks at line ends, CRLF, a file without a last
# newline, lines that run out of the window. We write to 100 columns; a row of a table may take 120,
# and in a test, SQL or .def what it needs. Layout beyond that is the writer's: clang-format
# (.clang-format) is a help, not a judge, because it undoes tables and comments that somebody has
# aligned on purpose.
set -euo pipefail
cd "$(dirname "$0")/../.."
export LC_ALL=C.UTF-8

status=0
none() { # what is wrong, extended regex, files
    local what=$1 pattern=$2 hits
    shift 2
    hits=$(git grep --no-index --exclude-standard -InE "$pattern" -- "$@" | cut -c1-120) || return 0
    echo "$what:"
    sed 's/^/    /' <<<"$hits"
    status=1
}

none "blanks at the end of a line" '[[:blank:]]+$' '*.c' '*.h' '*.def' '*.sh' '*.sql' dev .ci
none "a tab" $'\t' '*.c' '*.h' '*.def' '*.sql' '*.sh' dev
none "a carriage return" $'\r$' '*.c' '*.h' '*.def' '*.sql' '*.sh' '*.md' dev
none "longer than 120 columns" '^.{121,}' '*.c' '*.h' '*.sh' dev ':!tests/*.c'
while IFS= read -r file; do
    [[ ! -s $file || -z $(tail -c1 "$file") ]] || { echo "$file: no newline at its end"; status=1; }
done < <(git grep --no-index --exclude-standard -lIe '' -- '*.c' '*.h' '*.def' '*.sh' '*.sql' '*.md')
exit $status
