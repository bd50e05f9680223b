/* domain/site_rule.h: the rule that a site has signed: what its gates do when the answer is not
 * plainly green or red. Leaving and emergency release are not in it: they are never barred.
 *
 * {"yellow_gate":"deny|allow_restricted|allow","cannot_tell":"refuse|open_flagged",
 *  "late":"refuse|open_flagged","unrecorded":"refuse|open_flagged","offline_hours":24,
 *  "list_hours":24,"passback":"flag|refuse","pre_shift":"off|flag|refuse",
 *  "zones":[{"zone":"height","trades":[30,...],"certificates":["02",...]}]} */
#ifndef DOMAIN_SITE_RULE_H
#define DOMAIN_SITE_RULE_H

#include <jansson.h>

#include "base/err.h"
#include "base/json.h"
#include "scoring/scoring.h"

enum fallback { FALLBACK_REFUSE, FALLBACK_OPEN_FLAGGED };
enum passback { PASSBACK_FLAG, PASSBACK_REFUSE };

enum { ZONES_MAX = 16, ZONE_NAME_BYTES = 32, ZONE_TRADES_MAX = 40, ZONE_CERTIFICATES_MAX = 16 };

/* Who may enter a zone: one of the trades, and where certificates are listed, one of them valid. */
struct zone {
    char name[ZONE_NAME_BYTES + 1];
    uint16_t trades[ZONE_TRADES_MAX];
    uint8_t trade_count; /* 0: any trade */
    uint8_t certificates[ZONE_CERTIFICATES_MAX]; /* special-operation classes */
    uint8_t certificate_count; /* 0: none needed */
};

struct site_rule {
    enum yellow_gate yellow_gate;
    enum fallback cannot_tell, late, unrecorded;
    enum passback passback;
    enum pre_shift pre_shift;
    uint16_t offline_hours, list_hours; /* 1..168 */
    struct zone zones[ZONES_MAX];
    uint8_t zone_count;
};

/* What a site has that signed nothing: entry is refused whenever nobody can tell. */
extern const struct site_rule site_rule_default;

/* Members left out keep their default; unknown ones are refused. field is a JSON pointer. */
MUST_USE struct err site_rule_parse(const json_t *json, struct site_rule *rule);
/* The whole rule, defaults filled in: the value of `key`. What site_rule_parse() reads back is the
 * same rule. At most SITE_RULE_BYTES_MAX. */
void site_rule_render(const struct site_rule *rule, const char *key, struct json_writer *w);
enum { SITE_RULE_BYTES_MAX = 16 * 1024 };
/* The words of a policy's answer to the same questions. */
struct text yellow_gate_name(enum yellow_gate yellow_gate);
struct text pre_shift_name(enum pre_shift pre_shift);
MUST_USE bool yellow_gate_find(struct text name, enum yellow_gate *yellow_gate);
MUST_USE bool pre_shift_find(struct text name, enum pre_shift *pre_shift);

#endif
