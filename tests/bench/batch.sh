#!/bin/bash
# Colours of millions of made-up workers, down columns, next to a plain read of the same bytes.
#
#   batch.sh BUILD        BUILD is a release build's folder; MILLIONS="1 4" for other numbers
source "$(dirname "$0")/lib.sh"

while IFS=$'\t' read -r what ours baseline share cpu note; do
    [[ $what != '#'* ]] || { echo "$what"; continue; }
    row "$what" "$ours" "$baseline" "$share" "$cpu" "$note"
done < <("$build/bench_batch" ${MILLIONS:-})
print_rows
