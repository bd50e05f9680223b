#!/bin/bash
# The colour is a pure function, and the linker can tell: libscoring.a may need nothing from outside
# but memcpy and its kin (which the compiler calls by itself), and may hold no variable that
# anything could change. A clock, a file, an allocation or a lock would be a symbol here. Release
# builds may also ask the processor how wide its vectors are (batch_parts.h: BATCH_LANES).
# usage: purity.sh LIBSCORING.A
set -euo pipefail
library=${1:?usage: purity.sh LIBSCORING.A}

allowed='^(mem(cpy|move|set|cmp)|__mem(cpy|move|set)_chk|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_'
allowed+='|__cpu_(model|features2|indicator_init)'
allowed+='|__(asan|ubsan|tsan|lsan|sanitizer)_.*)$' # the last: only in sanitizer builds

defined=$(nm --defined-only "$library" | awk 'NF == 3 { print $3 }' | sort -u)
needed=$(nm --undefined-only "$library" | awk 'NF == 2 { print $2 }' | sort -u)
outside=$(comm -13 <(echo "$defined") <(echo "$needed") | grep -vE "$allowed" || true)
variables=$(nm --defined-only "$library" | awk '$2 ~ /^[BbCDGgSs]$/ { print $3 }' |
    grep -vE '^(__|\.|_sub_|__asan)' || true)

[[ -n $defined ]] || { echo "$library: nm finds no symbol in it"; exit 1; }
[[ -z $outside ]] || { echo "scoring needs from outside:" $outside; exit 1; }
[[ -z $variables ]] || { echo "scoring holds variables:" $variables; exit 1; }
