#!/bin/bash
# What must not stand in a file that is kept: notes of unfinished work (they are issues, with a
# reader), an absolute path of the machine somebody wrote it on, the name of a package registry (a
# site has its own mirror; apt and npm are configured outside), pages that are not in the project.
# The patterns are written so that they do not match themselves.
set -euo pipefail
cd "$(dirname "$0")/../.."

status=0
none() { # what it is, extended regex, pathspecs that are exempt
    local what=$1 pattern=$2 hits
    shift 2
    hits=$(git grep --no-index --exclude-standard -InE "$pattern" -- . ':!LICENSE' "$@" |
        cut -c1-160) || return 0
    echo "$what:"
    sed 's/^/    /' <<<"$hits"
    status=1
}

none "unfinished work" '\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b'
none "a stand-in" '[Pp]lacehol[d]er|not implement[e]d' ':!*.html' ':!*.tsx' ':!*.css' ':!clients/web/lint/*'
none "a path of one machine" '(^|[^A-Za-z0-9_.])/(hom[e]|roo[t]|wor[k]|User[s])/[a-z]'
none "a package registry" '(registr[y]\.npm|deb\.debia[n]\.|security\.debia[n]\.|pyp[i]\.org|crate[s]\.io)'
none "a page that is not here" '\b(ARCHITECTUR[E]|PROMISE[S]|RULEBOO[K]|CONTRACT[S])\b|STYL[E]\.md'
exit $status
