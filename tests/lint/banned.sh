#!/bin/bash
# Functions that have cost others dearly, and habits that a layer forbids itself: no size with the
# string functions, no error from atoi, one shared buffer behind localtime; no allocation where an
# arena holds everything, no floating point where points and days are counted, no SQL outside
# store/ and register/. Comments are stripped first, so that a comment may name them.
set -euo pipefail
cd "$(dirname "$0")/../.."

anywhere='sprintf|vsprintf|strcpy|strcat|strncat|stpcpy|gets|scanf|atoi|atol|atoll|atof'
anywhere+='|strtok|localtime|gmtime|ctime|asctime|rand|srand|random|tmpnam|mktemp|tempnam'
anywhere+='|system|popen|alloca|gethostbyname'
heap='malloc|calloc|realloc|reallocarray|strdup|strndup|free'

# Parts of api/ that outlive any request: made once a process or loop, or an import or a trial
# that goes on after its request was answered.
long_lived=' server/api/metrics.c server/api/passes.c server/api/bucket.c server/api/import_job.c '
long_lived+='server/api/trial_job.c server/api/list_board.c '

status=0
without_comments() {
    gcc -fpreprocessed -dD -E -P -w "$1" 2>/dev/null
}

look() { # file, extended regex, what is wrong
    local hits
    hits=$(without_comments "$1" | grep -nE "$2" | head -3) || return 0
    echo "$1: $3:"
    sed 's/^[0-9]*:[[:space:]]*/    /' <<<"$hits"
    status=1
}

sources() {
    find "$@" -name '*.[ch]' 2>/dev/null | sort
}

calls() { # a call of one of these, not a member or a longer name
    echo "(^|[^A-Za-z0-9_.>])($1)[[:space:]]*\("
}

for file in $(sources scoring server clients tests/support); do
    look "$file" "$(calls "$anywhere")" "a banned function"
done
for file in $(sources server/api server/domain scoring); do
    [[ $long_lived == *" $file "* ]] && continue
    look "$file" "$(calls "$heap")" "the heap, where an arena or the caller's storage is meant"
done
for file in $(sources scoring); do
    look "$file" '(^|[^A-Za-z0-9_])(float|double)([^A-Za-z0-9_]|$)' "floating point in scoring"
done
for file in $(sources server/api server/domain server/net server/crypto server/base scoring); do
    look "$file" '"[^"]*(SELECT .* FROM|INSERT INTO|UPDATE .* SET|DELETE FROM) ' "SQL text"
done
exit $status
