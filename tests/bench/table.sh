#!/bin/sh
# Rows of the benches (lib.sh: row), between tabs on standard input, as a table.
exec awk -F'\t' '
    BEGIN { row[n = 1] = "what\tours\tbaseline\tratio\tCPU ratio\tnote" }
    { row[++n] = $0 }
    END {
        for (i = 1; i <= n; i++) {
            count = split(row[i], cell)
            for (k = 1; k <= count; k++) if (length(cell[k]) > width[k]) width[k] = length(cell[k])
        }
        for (i = 1; i <= n; i++) {
            count = split(row[i], cell)
            for (k = 1; k < count; k++) printf "%-*s  ", width[k], cell[k]
            print cell[count]
        }
    }'
