#!/bin/bash
# Signatures a second through our interface, ES256 and SM2, next to `openssl speed` of the same
# algorithm, the two taking turns; both count CPU time.
#
#   sign.sh BUILD        BUILD is a release build's folder; ROUNDS=n, MS=n a round and operation
source "$(dirname "$0")/lib.sh"

rounds=${ROUNDS:-3} ms=${MS:-1000}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# The last line of each ends in signatures and verifications a second.
openssl_rates() { # what openssl speed calls it
    (others_core openssl speed -seconds 1 "$1" 2>/dev/null) | awk 'END { print $(NF - 1) "\t" $NF }'
}

for ((i = 0; i < rounds; i++)); do
    others_core "$build/bench_sign" "$ms" >>"$tmp/ours" &
    wait $!
    printf 'ES256\t%s\n' "$(openssl_rates ecdsap256)" >>"$tmp/openssl"
    printf 'SM2\t%s\n' "$(openssl_rates sm2)" >>"$tmp/openssl"
done

of() { awk -F'\t' -v alg="$2" -v place="$3" '$1 == alg { print $place }' "$tmp/$1" | median; }

for alg in ES256 SM2; do
    raw_sign=$(of openssl $alg 2) raw_verify=$(of openssl $alg 3)
    place=2
    for what in sign verify "issue a live code" "judge a live code"; do
        ours=$(of ours $alg $place)
        raw=$raw_sign
        [[ $what == sign || $what == issue* ]] || raw=$raw_verify
        row "$alg: $what" "$ours/s" "$raw/s" "$(ratio "$ours" "$raw")" "$(ratio "$ours" "$raw")" \
            "openssl speed; both by CPU time"
        place=$((place + 1))
    done
done
print_rows
