#include "crypto/roster.h"

#include <string.h>

#include "crypto/profile.h"

static bool read_row(struct cbor_reader *r, struct roster_row *row)
{
    uint64_t colour, restrictions, trade;
    struct text photo;

    if (!cbor_array(r, 5) || !cbor_uint(r, PROFILE_INDEX_MAX, &row->index) ||
        !cbor_uint(r, PROFILE_COLOUR_MAX, &colour) || !cbor_uint(r, UINT32_MAX, &restrictions) ||
        !cbor_uint(r, UINT16_MAX, &trade) || !cbor_bytes(r, &photo) ||
        photo.bytes != ROSTER_PHOTO_BYTES)
        return false;
    row->colour_here = (unsigned)colour;
    row->restrictions = (uint32_t)restrictions;
    row->trade = (uint16_t)trade;
    memcpy(row->photo, photo.at, ROSTER_PHOTO_BYTES);
    return true;
}

static bool read_times(struct cbor_reader *r, struct roster_head *head)
{
    uint64_t exp, iat;

    if (!cbor_map(r, 4) || !cbor_key(r, CLAIM_EXP) || !cbor_uint(r, PROFILE_TIME_MAX_S, &exp) ||
        !cbor_key(r, CLAIM_IAT) || !cbor_uint(r, PROFILE_TIME_MAX_S, &iat) || exp <= iat ||
        !cbor_key(r, CLAIM_SEQ) || !cbor_uint(r, PROFILE_NUMBER_MAX, &head->seq))
        return false;
    head->exp = (int64_t)exp;
    head->iat = (int64_t)iat;
    return true;
}

static bool read_place(struct cbor_reader *r, struct roster_head *head)
{
    uint64_t day, policy;

    if (!cbor_key(r, PROFILE_PRIVATE_LABEL) || !cbor_array(r, 4) ||
        !cbor_uint(r, PROFILE_NUMBER_MAX, &head->site) || !cbor_uint(r, PROFILE_DAY_MAX, &day) ||
        day == 0 || !cbor_uint(r, UINT32_MAX, &policy))
        return false;
    head->day = (uint16_t)day;
    head->policy = (uint32_t)policy;
    return true;
}

/* The array of rows; what is behind it is left for the caller to see. */
static bool read_rows(struct cbor_reader *r, struct roster *roster)
{
    enum cbor_major major;
    uint64_t count, before = 0;
    struct roster_row row;

    if (!cbor_head(r, &major, &count) || major != CBOR_ARRAY || count > r->left)
        return false;
    roster->count = (uint32_t)count; /* below ROSTER_BYTES_MAX */
    roster->rows = *r;
    for (uint64_t i = 0; i < count; i++) {
        if (!read_row(r, &row) || (i > 0 && row.index <= before))
            return false;
        before = row.index;
    }
    roster->rows.left -= r->left;
    return true;
}

bool roster_read(struct text bytes, struct roster *roster)
{
    struct cbor_reader r;

    *roster = (struct roster){0};
    if (bytes.bytes > ROSTER_BYTES_MAX || !envelope_read(bytes, &roster->envelope) ||
        roster->envelope.kind != TOKEN_ROSTER)
        return false;
    r = cbor_over(roster->envelope.sign1.payload);
    return read_times(&r, &roster->head) && read_place(&r, &roster->head) &&
           read_rows(&r, roster) && cbor_end(&r);
}

enum token_why roster_judge(const struct roster *roster, const struct trust_list *trust,
                            int64_t now_s, int64_t skew_s)
{
    enum token_why why = envelope_judge(&roster->envelope, trust, now_s);

    return why == TOKEN_OK ? claims_in_time(roster->head.iat, roster->head.exp, now_s, skew_s) : why;
}

bool roster_next(struct cbor_reader *rest, struct roster_row *row)
{
    bool read;

    if (cbor_end(rest))
        return false;
    read = read_row(rest, row);
    CHECK(read); /* roster_read() has seen it */
    return true;
}

bool roster_find(const struct roster *roster, uint64_t index, struct roster_row *row)
{
    struct cbor_reader rest = roster->rows;

    while (roster_next(&rest, row)) {
        if (row->index >= index)
            return row->index == index;
    }
    return false;
}

static void put_row(struct build *out, const struct roster_row *row)
{
    CHECK(row->colour_here <= PROFILE_COLOUR_MAX && row->index <= PROFILE_INDEX_MAX);
    cbor_put_head(out, CBOR_ARRAY, 5);
    cbor_put_int(out, (int64_t)row->index);
    cbor_put_int(out, row->colour_here);
    cbor_put_int(out, row->restrictions);
    cbor_put_int(out, row->trade);
    cbor_put_bytes(out, (struct text){(const char *)row->photo, sizeof row->photo});
}

static void put_head(struct build *out, const struct roster_head *head)
{
    CHECK(head->iat >= 0 && head->exp > head->iat && head->exp <= PROFILE_TIME_MAX_S);
    CHECK(head->seq <= PROFILE_NUMBER_MAX && head->site <= PROFILE_NUMBER_MAX);
    CHECK(head->day >= 1 && head->day <= PROFILE_DAY_MAX);
    cbor_put_head(out, CBOR_MAP, 4);
    cbor_put_int(out, CLAIM_EXP);
    cbor_put_int(out, head->exp);
    cbor_put_int(out, CLAIM_IAT);
    cbor_put_int(out, head->iat);
    cbor_put_int(out, CLAIM_SEQ);
    cbor_put_int(out, (int64_t)head->seq);
    cbor_put_int(out, PROFILE_PRIVATE_LABEL);
    cbor_put_head(out, CBOR_ARRAY, 4);
    cbor_put_int(out, (int64_t)head->site);
    cbor_put_int(out, head->day);
    cbor_put_int(out, head->policy);
}

struct err roster_sign(struct signer *signer, const struct roster_head *head,
                       const struct roster_row *rows, uint32_t count, struct build *scratch,
                       struct build *out)
{
    struct err e;

    put_head(scratch, head);
    cbor_put_head(scratch, CBOR_ARRAY, count);
    for (uint32_t i = 0; i < count; i++) {
        CHECK(i == 0 || rows[i].index > rows[i - 1].index);
        put_row(scratch, &rows[i]);
    }
    if (scratch->full)
        return err_make(ERR_TOO_LARGE);
    e = envelope_seal(signer, TOKEN_ROSTER, build_done(scratch), out);
    return !err_is(e) && out->bytes > ROSTER_BYTES_MAX ? err_make(ERR_TOO_LARGE) : e;
}
