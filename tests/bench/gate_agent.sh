#!/bin/bash
# What the gate's agent answers in while it is alone, and the memory it takes with the roster of a site
# of 5,000 and with 100 status lists besides. Beside it: one verification, one signature, one fdatasync.
#
#   gate_agent.sh BUILD      BUILD is a release build's folder; LISTS=n SCANS=n
source "$(dirname "$0")/lib.sh"

IFS=$'\t' read -r p50 p99 base50 base99 alone lists \
    < <("$build/bench_gate_agent" "${LISTS:-100}" "${SCANS:-2000}")
row "gate alone, an answer" "p50 $p50 us, p99 $p99 us" "p50 $base50 us, p99 $base99 us" \
    "$(ratio "$base50" "$p50")" - "over HTTP, receipt on disk"
row "gate alone, memory" "$((alone / 1024)) MiB, with ${LISTS:-100} lists $((lists / 1024)) MiB" \
    "32 MiB, 64 MiB allowed" - - "peak RSS"
print_rows
