/* Any bytes as a receipt, a roster, a signed trust list, a code at a gate that has both roster and
 * list. What is accepted is walked to its end, and must be the one encoding of what it says. */
#include <stdint.h>
#include <string.h>

#include "crypto/code.h"
#include "crypto/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void as_receipt(struct text input)
{
    struct receipt_read read;

    if (!receipt_read(input, &read))
        return;
    CHECK(read.said.verdict >= 1 && read.said.verdict <= 3 && read.said.seq > 0);
    CHECK(read.envelope.kind == TOKEN_RECEIPT);
}

static bool find_row(void *arg, uint64_t index, struct roster_row *row)
{
    return roster_find(arg, index, row);
}

/* The first byte is the status; the index decides whether there is a list. */
static bool find_status(void *arg, uint64_t index, struct code_status *status)
{
    const struct text *input = arg;

    *status = (struct code_status){.iat = 0, .exp = INT64_C(1) << 40, .is_beyond = index % 5 == 4,
                                   .status = input->bytes > 0 ? (unsigned)input->at[0] & 3 : 0};
    return index % 3 != 2;
}

static void as_roster(struct text input, struct roster *roster)
{
    struct roster_row row;
    struct cbor_reader rest;
    uint64_t before = 0;
    uint32_t count = 0;

    if (!roster_read(input, roster))
        return;
    rest = roster->rows;
    while (roster_next(&rest, &row)) {
        CHECK(count == 0 || row.index > before);
        before = row.index;
        count++;
        CHECK(count > 50 || roster_find(roster, row.index, &row));
    }
    CHECK(count == roster->count);
}

static void as_trust(struct text input)
{
    struct trust_list list;
    enum token_why why = trust_list_read(input, NULL, 0, 0, &list);

    CHECK(why == TOKEN_OK || why == TOKEN_FORMAT);
    CHECK(why == TOKEN_OK || list.count == 0);
    trust_list_clear(&list);
}

/* Its own bytes as a code, with the signature taken for known: everything behind it is reached. */
static void as_code(struct text input, const struct roster *roster)
{
    static char text[TOKEN_TEXT_MAX + 16];
    struct build out = build_over(text, sizeof text);
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct code_lists lists = {.find = find_status, .arg = &input};
    struct code_roster rows = {.head = roster->head, .find = find_row,
                               .arg = (void *)(uintptr_t)roster};
    struct code_recalled places[CODE_RECALL_WAYS] = {0};
    struct code_recall recall = {places, CODE_RECALL_WAYS};
    struct code_memory memory = code_recall_memory(&recall);
    struct trust_list trust = {0};
    struct code_gate gate = {.trust = &trust, .now_s = 1700000010, .skew_s = 30, .today = 45243,
                             .policy = CODE_ANY_POLICY, .signature_known = true, .lists = &lists,
                             .roster = roster->count > 0 ? &rows : NULL, .memory = &memory};
    struct code_answer answer;
    struct token token;

    if (input.bytes > TOKEN_BYTES_MAX - 8)
        return;
    envelope_format_text(input, &out);
    if (token_read(build_done(&out), bytes, &token) != TOKEN_OK)
        return;
    trust.count = 1; /* the key it names, without a point: no arithmetic is asked for */
    trust.keys[0] = (struct trusted_key){.alg = token.envelope.alg, .kinds = UINT32_MAX,
                                         .exp = INT64_MAX, .state = KEY_ACTIVE};
    memcpy(trust.keys[0].kid, token.envelope.kid, TOKEN_KID_BYTES);
    for (unsigned i = 0; i < 3; i++) {
        gate.direction = i == 2 ? CODE_OUT : CODE_IN;
        code_judge(build_done(&out), &gate, bytes, &token, &answer);
        CHECK(answer.verdict >= CODE_OPEN && answer.verdict <= CODE_CANNOT_TELL);
        CHECK(gate.direction != CODE_OUT || answer.verdict == CODE_OPEN ||
              answer.colour == CODE_NO_COLOUR);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text input = {(const char *)data, size};
    struct roster roster = {0};

    as_receipt(input);
    as_roster(input, &roster);
    as_trust(input);
    as_code(input, &roster);
    return 0;
}
