/* Worked cases of certificates, bans, agreements and decisions, on both sides of every threshold */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "support/worked.h"

static struct worked cases[] = {
    {"安全生产管理条例25", "a scaffolder without a certificate is yellow here",
     "[" GOOD "]", 30, "2026-11-21", "green", "yellow", "CERT_NONE yellow trade 2026-01-01 -"},
    {"INF 工种与类别", "the other class of scaffolding will do",
     "[" GOOD "," CERTIFICATE("N1", "03", "housing", "2026-01-01", "2028-01-01") "]", 30,
     "2026-11-21", "green", "green", ""},
    {"安全生产管理条例25", "an electrician's certificate is none for a scaffolder",
     "[" GOOD "," CERTIFICATE("N1", "01", "housing", "2026-01-01", "2028-01-01") "]", 30,
     "2026-11-21", "green", "yellow", "CERT_NONE yellow trade 2026-01-01 -"},
    {"建质〔2008〕75号", "the emergency department's certificate is another issuer's",
     "[" GOOD "," CERTIFICATE("N1", "02", "emergency", "2026-01-01", "2028-01-01") "]", 30,
     "2026-11-21", "green", "yellow", "CERT_NONE yellow trade 2026-01-01 -"},
    {"建质〔2008〕75号", "valid on its last day", "[" GOOD ","
     CERTIFICATE("N1", "02", "housing", "2026-01-01", "2026-11-22") "]", 30, "2026-11-21", "green",
     "green", ""},
    {"建质〔2008〕75号", "expired on its until", "[" GOOD ","
     CERTIFICATE("N1", "02", "housing", "2026-01-01", "2026-11-21") "]", 30, "2026-11-21", "green",
     "yellow", "CERT_EXPIRED yellow trade 2026-11-21 -"},
    {"郑州征求意见稿四(二)5", "red from its day until its end",
     "[" GOOD "," CERTIFICATE("N1", "02", "housing", "2026-01-01", "2028-01-01") ","
     STATUS("N1", "suspended", "2026-03-01", ",\"until\":\"2026-06-01\"") "]", 30, "2026-03-01",
     "green", "red", "CERT_SUSPENDED red trade 2026-03-01 2026-06-01"},
    {"郑州征求意见稿四(二)5", "over on its until",
     "[" GOOD "," CERTIFICATE("N1", "02", "housing", "2026-01-01", "2028-01-01") ","
     STATUS("N1", "suspended", "2026-03-01", ",\"until\":\"2026-06-01\"") "]", 30, "2026-06-01",
     "green", "green", ""},
    {"郑州征求意见稿四(二)5", "another certificate of the trade is enough",
     "[" GOOD "," CERTIFICATE("N1", "02", "housing", "2026-01-01", "2028-01-01") ","
     CERTIFICATE("N2", "03", "housing", "2026-01-01", "2028-01-01") ","
     STATUS("N1", "revoked", "2026-03-01", "") "]", 30, "2026-04-01", "green", "green", ""},
    {"郑州征求意见稿四(二)5", "running out does not make it better",
     "[" GOOD "," CERTIFICATE("N1", "02", "housing", "2026-01-01", "2026-05-01") ","
     STATUS("N1", "revoked", "2026-03-01", "") "]", 30, "2026-05-01", "green", "red",
     "CERT_SUSPENDED red trade 2026-03-01 -"},
    {"郑州征求意见稿四(二)5", "revoked while suspended: no word that it is valid",
     "[" GOOD "," CERTIFICATE("N1", "02", "housing", "2026-01-01", "2028-01-01") ","
     STATUS("N1", "suspended", "2026-03-01", "") "," STATUS("N1", "revoked", "2026-04-01", "") "]",
     30, "2026-04-01", "green", "red", "CERT_SUSPENDED red trade 2026-03-01 -"},
    {"郑州征求意见稿四(二)5", "lifted early by a later word",
     "[" GOOD "," CERTIFICATE("N1", "02", "housing", "2026-01-01", "2028-01-01") ","
     STATUS("N1", "suspended", "2026-03-01", "") "," STATUS("N1", "valid", "2026-04-01", "") "]",
     30, "2026-04-01", "green", "green", ""},

    {"郑州征求意见稿四(二)5", "an industry ban is the person's", "[" GOOD ","
     BAN("\"scope\":\"industry\",\"from\":\"2026-02-01\",\"until\":\"2027-02-01\"") "]", 0,
     "2026-02-01", "red", "none", "POST_BAN red person 2026-02-01 2027-02-01"},
    {"郑州征求意见稿四(二)5", "a ban is over on its until",
     "[" GOOD "," TRAINED("2026-12-01", "annual", "15", PASSED) ","
     BAN("\"scope\":\"industry\",\"from\":\"2026-02-01\",\"until\":\"2027-02-01\"") "]", 0,
     "2027-02-01", "green", "none", ""},
    {"郑州征求意见稿四(二)5", "a trade ban bars from that trade", "[" GOOD ","
     BAN("\"scope\":\"trade\",\"subject\":\"040\",\"from\":\"2026-02-01\"") "]", 40, "2026-03-01",
     "green", "red", "POST_BAN red trade 2026-02-01 -"},
    {"郑州征求意见稿四(二)5", "and from no other", "[" GOOD ","
     BAN("\"scope\":\"trade\",\"subject\":\"050\",\"from\":\"2026-02-01\"") "]", 40, "2026-03-01",
     "green", "green", ""},
    {"郑州征求意见稿四(二)5", "a site ban bars from that site", "[" GOOD ","
     BAN("\"scope\":\"site\",\"subject\":\"S1\",\"from\":\"2026-02-01\"") "]", 40, "2026-03-01",
     "green", "red", "POST_BAN red site 2026-02-01 -"},
    {"郑州征求意见稿四(二)5", "a role ban bars from that role", "[" GOOD ","
     BAN("\"scope\":\"role\",\"subject\":\"worker\",\"from\":\"2026-02-01\"") "]", 40,
     "2026-03-01", "green", "red", "POST_BAN red role 2026-02-01 -"},
    {"工资支付条例28", "the agreement's last day", "[" BORN("1990-05-01", "M") "," LONG_EXAM "," LEVELS ","
     STUDIED("2026-01-07", "60") "," CONTRACT(",\"until\":\"2026-11-22\"") "]", 0, "2026-11-21",
     "green", "none", ""},
    {"工资支付条例28", "after the agreement", "[" BORN("1990-05-01", "M") "," LONG_EXAM "," LEVELS ","
     STUDIED("2026-01-07", "60") "," CONTRACT(",\"until\":\"2026-11-21\"") "]", 0, "2026-11-21",
     "yellow", "none", "NO_CONTRACT yellow person 2026-11-21 -"},
    {"个人信息保护法24", "a signed decision takes the rules' place, the reasons stay",
     "[" GOOD "," WRONG("2026-02-01", "4", "") "," OVERRIDE("green", "2026-03-01", "2026-04-01")
     "]", 40, "2026-03-01", "green", "green",
     "VIOL_POINTS red person 2026-02-01 2027-02-01; OVERRIDE green person 2026-03-01 2026-04-01"},
    {"个人信息保护法24", "and ends on its day",
     "[" GOOD "," WRONG("2026-02-01", "4", "") "," OVERRIDE("green", "2026-03-01", "2026-04-01")
     "]", 40, "2026-04-01", "red", "red", "VIOL_POINTS red person 2026-02-01 2027-02-01"},
    {"个人信息保护法24", "it does not lift what belongs to the trade",
     "[" GOOD "," OVERRIDE("green", "2026-03-01", "2026-04-01") "]", 30, "2026-03-01", "green",
     "yellow", "CERT_NONE yellow trade 2026-01-01 -; OVERRIDE green person 2026-03-01 2026-04-01"},
    {"个人信息保护法24", "it may make red what was green", "[" GOOD "," OVERRIDE("red", "2026-03-01", "2026-04-01")
     "]", 40, "2026-03-01", "red", "red", "OVERRIDE red person 2026-03-01 2026-04-01"},
    {"个人信息保护法24", "it never makes a child an adult",
     "[" BORN("2010-11-22", "M") "," LONG_EXAM "," BESIDES ","
     OVERRIDE("green", "2026-03-01", "2027-04-01") "]", 0, "2026-11-21", "red", "none",
     "AGE_UNDER red person - 2028-11-22; OVERRIDE green person 2026-03-01 2027-04-01"},
};

ParameterizedTestParameters(scoring_papers, in_jiangsu)
{
    return cr_make_param_array(struct worked, cases, sizeof cases / sizeof cases[0]);
}

ParameterizedTest(struct worked *w, scoring_papers, in_jiangsu)
{
    worked_check(w);
}

/* -- rules that Jiangsu does not have, or has otherwise ------------------------------------------ */

#define WRONG_OF(class, date) VIOLATION(date, class, "7.06", "1", "")
#define BLOCKED_BY(limit)                                                                         \
    "\"kind\":\"certificate\",\"needs\":["                                                       \
    "{\"trades\":[\"030\"],\"types\":[\"special_operation\"],\"issuers\":[\"housing\"]}],\"none\":" \
    "\"yellow\",\"expired\":\"yellow\",\"suspended\":\"red\",\"blocked_by\":{" limit "}",            \
        "CERT_NONE CERT_EXPIRED CERT_SUSPENDED"
#define SCAFFOLDERS                                                                              \
    "\"kind\":\"certificate\",\"needs\":["                                                       \
    "{\"trades\":[\"030\"],\"types\":[\"special_operation\"],\"classes\":[\"02\"],\"issuers\":"      \
    "[\"housing\"],\"months\":24},"                                                             \
    "{\"trades\":[\"030\"],\"types\":[\"special_operation\"],\"classes\":[\"02\"],\"issuers\":"      \
    "[\"emergency\"],\"months\":36},"                                                           \
    "{\"roles\":[\"safety_officer\"],\"types\":[\"C2\"],\"issuers\":[\"housing\"]}],\"none\":"         \
    "\"yellow\",\"expired\":\"yellow\",\"suspended\":\"red\",\"blocked_by\":{\"violations\":3,"      \
    "\"window_months\":24}", "CERT_NONE CERT_EXPIRED CERT_SUSPENDED"
/* Two alternatives that one certificate answers: the longer time counts, whichever stands first. */
#define OVERLAPPING(first, second)                                                               \
    "\"kind\":\"certificate\",\"needs\":["                                                       \
    "{\"trades\":[\"030\"],\"types\":[\"special_operation\"],\"issuers\":[\"housing\"],\"months\":"  \
    first "},{\"trades\":[\"030\"],\"types\":[\"special_operation\",\"other\"],\"issuers\":"         \
    "[\"housing\"],\"months\":" second "}],\"none\":\"yellow\",\"expired\":\"yellow\","            \
    "\"suspended\":\"red\"", "CERT_NONE CERT_EXPIRED CERT_SUSPENDED"
#define C2(from, until)                                                                          \
    "{\"kind\":\"certificate\"," AT("2026-01-02") ",\"type\":\"C2\",\"number\":\"C\",\"issuer\":"    \
    "\"housing\",\"valid_from\":\"" from "\",\"valid_until\":\"" until "\"}"
#define BANNED "\"kind\":\"ban\",\"colour\":\"red\"", "POST_BAN"

static struct single singles[] = {
    {"建质〔2008〕75号", "two years, whatever it says: the last day", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N1", "02", "housing", "2026-01-01", "2030-01-01") "]",
     30, 0, "2027-12-31", ""},
    {"建质〔2008〕75号", "two years, whatever it says: over", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N1", "02", "housing", "2026-01-01", "2030-01-01") "]",
     30, 0, "2028-01-01", "CERT_EXPIRED yellow trade 2028-01-01 -"},
    {"建质〔2008〕75号", "an earlier end of its own counts", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N1", "02", "housing", "2026-01-01", "2027-01-01") "]",
     30, 0, "2027-01-01", "CERT_EXPIRED yellow trade 2027-01-01 -"},
    {"建质〔2008〕75号", "from 29 February: good on 27 February", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N1", "02", "housing", "2028-02-29", "2034-01-01") "]",
     30, 0, "2030-02-27", ""},
    {"建质〔2008〕75号", "from 29 February: over on 28 February", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N1", "02", "housing", "2028-02-29", "2034-01-01") "]",
     30, 0, "2030-02-28", "CERT_EXPIRED yellow trade 2030-02-28 -"},
    {"应急部门操作证", "the alternative has its own time: the last day", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N2", "02", "emergency", "2026-01-01", "2032-01-01") "]",
     30, 0, "2028-12-31", ""},
    {"应急部门操作证", "the alternative has its own time: over", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N2", "02", "emergency", "2026-01-01", "2032-01-01") "]",
     30, 0, "2029-01-01", "CERT_EXPIRED yellow trade 2029-01-01 -"},
    {"应急部门操作证", "one alternative over, the other good", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N1", "02", "housing", "2026-01-01", "2030-01-01") ","
     CERTIFICATE("N2", "02", "emergency", "2026-01-01", "2032-01-01") "]",
     30, 0, "2028-06-01", ""},
    {"建质〔2008〕75号", "a class that no alternative names", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N1", "01", "housing", "2026-01-01", "2028-01-01") "]",
     30, 0, "2026-06-01", "CERT_NONE yellow trade 2026-01-01 -"},
    {"建质〔2008〕75号", "not valid before its first day", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N1", "02", "housing", "2026-06-01", "2028-01-01") "]",
     30, 0, "2026-05-31", "CERT_NONE yellow trade 2026-01-01 2026-06-01"},
    {"INF 多选", "one certificate, two alternatives: the longer time, 12 and 24", OVERLAPPING("12", "24"),
     "[" BORN("1990-05-01", "M") "," CERTIFICATE("N1", "02", "housing", "2026-01-01", "2032-01-01") "]",
     30, 0, "2027-12-31", ""},
    {"INF 多选", "and no longer than that, 12 and 24", OVERLAPPING("12", "24"),
     "[" BORN("1990-05-01", "M") "," CERTIFICATE("N1", "02", "housing", "2026-01-01", "2032-01-01") "]",
     30, 0, "2028-01-01", "CERT_EXPIRED yellow trade 2028-01-01 -"},
    {"INF 多选", "one certificate, two alternatives: the longer time, 24 and 12", OVERLAPPING("24", "12"),
     "[" BORN("1990-05-01", "M") "," CERTIFICATE("N1", "02", "housing", "2026-01-01", "2032-01-01") "]",
     30, 0, "2027-12-31", ""},
    {"INF 多选", "and no longer than that, 24 and 12", OVERLAPPING("24", "12"),
     "[" BORN("1990-05-01", "M") "," CERTIFICATE("N1", "02", "housing", "2026-01-01", "2032-01-01") "]",
     30, 0, "2028-01-01", "CERT_EXPIRED yellow trade 2028-01-01 -"},
    {"建质〔2008〕75号", "two violations block nothing", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N1", "02", "housing", "2026-01-01", "2030-01-01") ","
     WRONG("2026-02-01", "1", "") "," WRONG("2026-08-01", "1", "") "]",
     30, 0, "2027-03-01", ""},
    {"建质〔2008〕75号", "the third in 24 months does", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N1", "02", "housing", "2026-01-01", "2030-01-01") ","
     WRONG("2026-02-01", "1", "") "," WRONG("2026-08-01", "1", "") ","
     WRONG("2027-03-01", "1", "") "]",
     30, 0, "2027-03-01", "CERT_SUSPENDED red trade 2027-03-01 2028-02-01"},
    {"建质〔2008〕75号", "until the first is 24 months old", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N2", "02", "emergency", "2026-01-01", "2032-01-01") ","
     WRONG("2026-02-01", "1", "") "," WRONG("2026-08-01", "1", "") ","
     WRONG("2027-03-01", "1", "") "]",
     30, 0, "2028-02-01", ""},
    {"建质〔2008〕75号", "违章操作: two of operation and one of discipline block nothing",
     BLOCKED_BY("\"violations\":3,\"window_months\":24,\"classes\":[\"operation\"]"),
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N1", "02", "housing", "2026-01-01", "2030-01-01") ","
     WRONG("2026-02-01", "1", "") "," WRONG("2026-08-01", "1", "") ","
     WRONG_OF("discipline", "2027-03-01") "]",
     30, 0, "2027-03-01", ""},
    {"建质〔2008〕75号", "违章操作: the third of operation does",
     BLOCKED_BY("\"violations\":3,\"window_months\":24,\"classes\":[\"operation\"]"),
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N1", "02", "housing", "2026-01-01", "2030-01-01") ","
     WRONG("2026-02-01", "1", "") "," WRONG_OF("command", "2026-03-01") ","
     WRONG("2026-08-01", "1", "") "," WRONG("2027-03-01", "1", "") "]",
     30, 0, "2027-03-01", "CERT_SUSPENDED red trade 2027-03-01 2028-02-01"},
    {"INF", "no class named: every class counts",
     BLOCKED_BY("\"violations\":3,\"window_months\":24"),
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N1", "02", "housing", "2026-01-01", "2030-01-01") ","
     WRONG("2026-02-01", "1", "") "," WRONG_OF("command", "2026-03-01") ","
     WRONG_OF("discipline", "2027-03-01") "]",
     30, 0, "2027-03-01", "CERT_SUSPENDED red trade 2027-03-01 2028-02-01"},
    {"建质〔2008〕75号", "what is over and blocked is told as blocked", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") ","
     CERTIFICATE("N1", "02", "housing", "2026-01-01", "2030-01-01") ","
     WRONG("2026-02-01", "1", "") "," WRONG("2026-08-01", "1", "") ","
     WRONG("2027-03-01", "1", "") "]",
     30, 0, "2028-01-15", "CERT_SUSPENDED red trade 2027-03-01 2028-02-01"},
    {"建质〔2008〕75号", "who holds none has none to block", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") "," WRONG("2026-02-01", "1", "") ","
     WRONG("2026-08-01", "1", "") "," WRONG("2027-03-01", "1", "") "]",
     30, 0, "2027-03-01", "CERT_NONE yellow trade 2026-01-01 -"},
    {"建质〔2008〕75号", "what is asked for by role is not blocked", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") "," C2("2026-01-01", "2029-01-01") ","
     WRONG("2026-02-01", "1", "") "," WRONG("2026-08-01", "1", "") ","
     WRONG("2027-03-01", "1", "") "]",
     390, ROLE_SAFETY_OFFICER, "2027-03-01", ""},
    {"安管人员证书三年", "a safety officer's last day", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") "," C2("2026-01-01", "2029-01-01") "]",
     390, ROLE_SAFETY_OFFICER, "2028-12-31", ""},
    {"安管人员证书三年", "a safety officer's is over", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") "," C2("2026-01-01", "2029-01-01") "]",
     390, ROLE_SAFETY_OFFICER, "2029-01-01", "CERT_EXPIRED yellow role 2029-01-01 -"},
    {"安管人员证书三年", "a worker needs none", SCAFFOLDERS,
     "[" BORN("1990-05-01", "M") "]",
     390, 0, "2029-01-01", ""},
    {"郑州征求意见稿四(二)5", "a revocation is still told after ten years", SCAFFOLDERS,
     "[" ENROLLED("2015-01-01", "1990-05-01", "M") ","
     CERTIFICATE("N1", "02", "housing", "2015-01-01", "2017-01-01") ","
     STATUS("N1", "revoked", "2016-01-01", "") "," STUDIED("2026-01-05", "1") "]",
     30, 0, "2026-02-01", "CERT_SUSPENDED red trade 2016-01-01 -"},
    {"郑州征求意见稿四(二)5", "and an expiry, too", SCAFFOLDERS,
     "[" ENROLLED("2015-01-01", "1990-05-01", "M") ","
     CERTIFICATE("N1", "02", "housing", "2015-01-01", "2017-01-01") ","
     STUDIED("2026-01-05", "1") "]",
     30, 0, "2026-02-01", "CERT_EXPIRED yellow trade 2017-01-01 -"},
    {"郑州征求意见稿四(二)5", "a suspension once lifted stays lifted", SCAFFOLDERS,
     "[" ENROLLED("2015-01-01", "1990-05-01", "M") ","
     CERTIFICATE("N2", "02", "emergency", "2026-01-01", "2032-01-01") ","
     STATUS("N2", "suspended", "2016-01-01", "") ","
     STATUS("N2", "valid", "2017-01-01", ",\"until\":\"2018-01-01\"") ","
     STUDIED("2026-01-05", "1") "]",
     30, 0, "2026-02-01", ""},
    {"民法典202", "six months from 31 August: the month's last day", BANNED,
     "[" BAN("\"scope\":\"industry\",\"from\":\"2021-08-31\",\"months\":6") "]",
     0, 0, "2022-02-28", "POST_BAN red person 2021-08-31 2022-03-01"},
    {"民法典202", "six months from 31 August: free on 1 March", BANNED,
     "[" BAN("\"scope\":\"industry\",\"from\":\"2021-08-31\",\"months\":6") "]",
     0, 0, "2022-03-01", ""},
    {"民法典202", "a year from 29 February: its last day", BANNED,
     "[" BAN("\"scope\":\"industry\",\"from\":\"2024-02-29\",\"months\":12") "]",
     0, 0, "2025-02-28", "POST_BAN red person 2024-02-29 2025-03-01"},
    {"民法典202", "a year from 29 February: free on 1 March", BANNED,
     "[" BAN("\"scope\":\"industry\",\"from\":\"2024-02-29\",\"months\":12") "]",
     0, 0, "2025-03-01", ""},
    {"民法典203", "a last day on a public holiday: barred on it", BANNED,
     "[" BAN("\"scope\":\"industry\",\"from\":\"2026-04-01\",\"months\":6") "]",
     0, 0, "2026-10-01", "POST_BAN red person 2026-04-01 2026-10-02"},
    {"民法典203", "a last day on a public holiday is not put off", BANNED,
     "[" BAN("\"scope\":\"industry\",\"from\":\"2026-04-01\",\"months\":6") "]",
     0, 0, "2026-10-02", ""},
};

ParameterizedTestParameters(scoring_papers, rule_by_itself)
{
    return cr_make_param_array(struct single, singles, sizeof singles / sizeof singles[0]);
}

ParameterizedTest(struct single *s, scoring_papers, rule_by_itself)
{
    single_check(s);
}
