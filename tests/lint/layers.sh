#!/bin/bash
# Which way things depend: every #include is compared with the table below. A layer that reaches
# sideways or upwards cannot be tested alone, and after the second such include nobody sees the
# layers any more. The second column is what of ours it may include besides itself, the third which
# libraries: libpq in one place, OpenSSL in another, so that each can be replaced.
set -euo pipefail
cd "$(dirname "$0")/../.."

#  folder          may include                                             libraries
table='
scoring            -                                                       -
server/base        -                                                       event2 jansson
server/crypto      base                                                    openssl qrencode png zlib sodium jansson
server/domain      scoring base                                            jansson
server/store       domain scoring base                                     libpq event2
server/register    store domain scoring base                               libpq
server/print       crypto base                                             cairo pango fontconfig
server/net         base                                                    event2 openssl llhttp jansson
server/jobs        crypto domain store register scoring base               curl event2
server/api         net register store crypto domain print scoring base adapters  openssl jansson
server/adapters    api net base                                            jansson
server             settings api net register store crypto domain print scoring base jobs  openssl libpq event2
clients/http       base                                                    curl openssl jansson
clients/cli        http crypto domain scoring base                         openssl jansson event2
clients/sim        http cli crypto domain scoring base                     openssl jansson event2
clients/gate       http net crypto domain scoring base                     jansson event2 sqlite
'
# Headers of libraries, by the name that stands in the table.
libraries='libpq-fe.h:libpq pg_config:libpq event2/:event2 openssl/:openssl jansson.h:jansson
curl/:curl sqlite3.h:sqlite cairo/:cairo pango/:pango fontconfig/:fontconfig zlib.h:zlib
llhttp.h:llhttp qrencode.h:qrencode png.h:png sodium:sodium'

layer_of_header() { # "store/pg.h" -> store; a name without folder belongs to the includer's own
    case $1 in
    scoring/*) echo scoring ;;
    clients/*) echo "$1" | cut -d/ -f2 ;;
    settings.h | settings.def) echo settings ;;
    */*) echo "${1%%/*}" ;;
    *) echo . ;;
    esac
}

library_of_header() {
    local pair
    for pair in $libraries; do
        [[ $1 == "${pair%%:*}"* ]] && echo "${pair##*:}" && return
    done
    echo -
}

holds() { # word, list
    [[ " $2 " == *" $1 "* ]]
}

status=0
complain() {
    echo "$1: $2"
    status=1
}

check_file() { # file, own layer, allowed layers, allowed libraries
    local line name layer library
    while IFS= read -r line; do
        name=$(sed -E 's/.*["<]([^">]+)[">].*/\1/' <<<"$line")
        if [[ $line == *\"* ]]; then
            layer=$(layer_of_header "$name")
            [[ $layer == . || $layer == "$2" ]] || holds "$layer" "$3" ||
                complain "$1" "$2 may not include \"$name\""
        else
            library=$(library_of_header "$name")
            [[ $library == - ]] || holds "$library" "$4" ||
                complain "$1" "$2 may not use $library (<$name>)"
        fi
    done < <(grep -E '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]' "$1" || true)
}

check_folder() { # a row of the table
    local folder=$1 layer=${1##*/} layers=$2 used=$3 file
    while IFS= read -r file; do
        check_file "$file" "$layer" "$layers" "$used"
    done < <(find "$folder" -maxdepth 1 -name '*.[ch]' 2>/dev/null | sort)
}

known=' '
while read -r folder rest; do
    [[ -z $folder ]] && continue
    known+="$folder "
    check_folder "$folder" "$(sed -E 's/  .*//' <<<"$rest")" "$(sed -E 's/.*  +//' <<<"$rest")"
done <<<"$table"

# A folder of sources that the table does not know is a layer nobody decided on.
while IFS= read -r folder; do
    holds "$folder" "$known" || complain "$folder" "is not in the table of $0"
done < <(find scoring server clients -name '*.c' -printf '%h\n' | sort -u)
exit $status
