/* crypto/code.h: what a verifier makes of a code: open, refuse, or that it cannot tell.
 *
 * The whole order of verification in one pure function, for gates without network, for the command
 * line, for whoever builds a verifier of his own: from the text to the three-valued answer with its
 * reason. It knows codes, lists, rosters and replays; what a site makes of yellow and of "cannot
 * tell", and that leaving is never blocked, is the site's rule and the gate's business. Nothing here
 * waits or allocates (OpenSSL does, for the arithmetic). */
#ifndef CRYPTO_CODE_H
#define CRYPTO_CODE_H

#include "crypto/roster.h"
#include "crypto/token.h"

/* The numbers are those of receipts, passes and domain/gate.h. */
enum code_verdict { CODE_OPEN = 1, CODE_REFUSE, CODE_CANNOT_TELL };
enum code_direction { CODE_NO_DIRECTION, CODE_IN, CODE_OUT };
enum code_colour_from { CODE_FROM_NOTHING, CODE_FROM_TOKEN, CODE_FROM_LIST, CODE_FROM_ROSTER };
enum { CODE_NO_COLOUR = -1, CODE_ANY_POLICY = -1 };

enum code_flag { /* bits, for people to review */
    CODE_COLOUR_DIFFERS = 1, /* what the newest source says is not what the others say */
    CODE_OTHER_POLICY = 2,   /* the code's colour is another policy's, and does not count */
    CODE_ANOTHER_DAY = 4,    /* the code's colour is another day's, and does not count */
    CODE_AGAIN = 8,          /* the same scan, sent again: no new pass */
    CODE_ELSEWHERE = 16      /* used at another gate of the site while it lives */
};

const char *code_verdict_name(enum code_verdict verdict);    /* "open", "refuse", "cannot_tell" */
const char *code_colour_name(int colour);                    /* "green"; NULL for CODE_NO_COLOUR */
const char *code_colour_from_name(enum code_colour_from from); /* "token"; NULL for NOTHING */
const char *code_flag_name(unsigned place);                  /* of bit 1 << place; NULL behind them */

/* What a status list says of an index. */
struct code_status {
    int64_t iat, exp;
    bool is_beyond;  /* the index is past the list's end */
    unsigned status; /* 0 green, 1 void or nobody's, 2 red, 3 yellow */
};
/* The status lists of the gate's region for today. find() answers false when it has no list for the
 * index's number. */
struct code_lists {
    bool (*find)(void *arg, uint64_t index, struct code_status *status);
    void *arg;
    int64_t age_max_s; /* an older one is too old; 0: until its exp */
};

/* The roster of the gate's site. find() answers false when the index is not in it. */
struct code_roster {
    struct roster_head head;
    bool (*find)(void *arg, uint64_t index, struct roster_row *row);
    void *arg;
};

struct code_answer {
    enum code_verdict verdict;
    enum token_why why;
    int colour; /* 0 green, 1 yellow, 2 red, or CODE_NO_COLOUR */
    enum code_colour_from colour_from;
    uint32_t flags;        /* enum code_flag */
    bool is_listed;        /* in the roster: row holds */
    struct roster_row row;
    /* What it was made from, for receipts; CODE_NO_COLOUR or -1 for none. */
    int token_colour, list_status;
    int64_t list_iat;
};

/* A use of a live code or of one shown by a phone; the same (kind, index, time) is the same code. */
struct code_use {
    enum token_kind kind;
    uint64_t index;
    int64_t time_s;  /* token_time() */
    int64_t until_s; /* the code is dead then */
    uint64_t site, gate;
    enum code_direction direction;
};
enum code_seen { CODE_NEW, CODE_SAME, CODE_AT_ANOTHER_GATE };
/* What was used lately. look(): SAME when this code was shown at this gate in this direction:
 * *earlier is what was answered. AT_ANOTHER_GATE when it was at another gate of the site in this
 * direction, and may have opened it. keep() remembers an answer. */
struct code_memory {
    enum code_seen (*look)(void *arg, const struct code_use *use, int64_t now_s,
                           struct code_answer *earlier);
    void (*keep)(void *arg, const struct code_use *use, const struct code_answer *answer);
    void *arg;
};

/* Who asks, when, and what it knows. Everything but trust may be left out. */
struct code_gate {
    const struct trust_list *trust;
    int64_t now_s;
    int64_t skew_s;       /* 0..TOKEN_SKEW_MAX_S */
    bool clock_bad;       /* known to be wrong: times condemn nobody */
    uint16_t today;       /* local day, days since 1900-01-01 */
    int64_t today_from_s; /* when it began */
    int64_t policy;       /* the gate's; CODE_ANY_POLICY: the roster's, else whatever the code says */
    uint64_t site, gate;
    enum code_direction direction;
    bool signature_known; /* the caller recognised the code by its digest: step 4 is done */
    const struct code_lists *lists;
    const struct code_roster *roster;
    const struct code_memory *memory;
};

/* The text is read into bytes, which must hold TOKEN_BYTES_MAX; *token holds views into them, and
 * is empty when it could not be read (why FORMAT, NOT_OURS). */
void code_judge(struct text code, const struct code_gate *gate, unsigned char *bytes,
                struct token *token, struct code_answer *answer);
/* The same of a code that token_read() has accepted. */
void code_judge_token(const struct token *token, const struct code_gate *gate,
                      struct code_answer *answer);

/* A memory of a fixed size in an array of the caller's, zeroed before the first use. When a set of
 * places runs over, the entry that dies first goes. Not for several threads at once. */
enum { CODE_RECALL_WAYS = 4 };
struct code_recalled {
    struct code_use use;
    struct code_answer answer;
};
struct code_recall {
    struct code_recalled *places;
    size_t count; /* a multiple of CODE_RECALL_WAYS, at least that */
};
struct code_memory code_recall_memory(struct code_recall *recall);

#endif
