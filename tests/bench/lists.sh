#!/bin/bash
# What a status list of 2^20 slots costs when half of them are somebody's: everybody judged, packed,
# compressed and signed. Beside it: zlib (level 6) over the same bytes.
#
#   lists.sh BUILD      BUILD is a release build's folder; ROUNDS=n
source "$(dirname "$0")/lib.sh"

IFS=$'\t' read -r whole judged packed signed zlib bytes < <("$build/bench_lists" "${ROUNDS:-5}")
row "status list, 2^20 slots, 2^19 people" "$whole ms" "$zlib ms" "$(ratio "$zlib" "$whole")" - \
    "judged $judged ms, packed $packed, zlib and ES256 $signed; $bytes bytes; baseline: zlib alone"
print_rows
