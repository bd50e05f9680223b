#!/bin/bash
# Signatures a second through our interface, ES256 and SM2, next to OpenSSL alone in the same process,
# taking turns; and what `openssl speed` gives on this machine in the same run. All by CPU time.
#
#   sign.sh BUILD        BUILD is a release build's folder; MS=n an operation
source "$(dirname "$0")/lib.sh"

# Its last line ends in signatures and verifications a second.
openssl_rates() { (others_core openssl speed -seconds 2 "$1" 2>/dev/null) | awk 'END { print $(NF - 1), $NF }'; }

declare -A speed
read -r speed[ES256:sign] speed[ES256:verify] < <(openssl_rates ecdsap256)
read -r speed[SM2:sign] speed[SM2:verify] < <(openssl_rates sm2)

while IFS=$'\t' read -r alg what ours raw; do
    of=sign
    [[ $what != verify && $what != judge* ]] || of=verify
    row "$alg: $what" "$ours/s" "$raw/s" "$(ratio "$ours" "$raw")" "$(ratio "$ours" "$raw")" \
        "openssl speed: ${speed[$alg:$of]}/s"
done < <(others_core "$build/bench_sign" "${MS:-2000}")
print_rows
