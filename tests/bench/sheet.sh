#!/bin/bash
# How long 240 stickers take as a PDF, and what each PDF leaves behind in memory. Beside it: the same
# codes drawn alone.
#
#   sheet.sh BUILD      BUILD is a release build's folder; ROUNDS=n
source "$(dirname "$0")/lib.sh"

IFS=$'\t' read -r pdf codes kib left < <("$build/bench_sheet" "${ROUNDS:-20}")
row "240 stickers as a PDF" "$pdf ms, $kib KiB" "$codes ms" "$(ratio "$codes" "$pdf")" - \
    "baseline: the codes alone; $left bytes stay with each PDF"
print_rows
