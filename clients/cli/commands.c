/* clients/cli/commands.c: every command that speaks to the server, on one page. */
#include "clients/cli/command.h"
#include "clients/cli/show.h"

#define END {.name = NULL}
#define PAGE                                                                                       \
    {"--limit", "N", OPTION_INT, false, "每页行数", "rows of a page"},                            \
        {"--after", "X", OPTION_TEXT, false, "从此处往后", "what follows this"}
#define PERSON                                                                                     \
    {"--worker", "ID", OPTION_INT, false, "工人编号", "the worker's number here"},                \
        {"--document-number", "N|-", OPTION_TEXT, false,                                          \
         "证件号码（- 从标准输入读，不留在命令行）",                                              \
         "or the document's (- reads a line, so that it stays off the command line)"},           \
        {"--document-type", "N", OPTION_INT, false, "证件类型，缺省 1 居民身份证",                \
         "its type; 1, the identity card"},                                                       \
        {"--occurred-on", "DATE", OPTION_TEXT, false, "发生日期，缺省今天", "the day; today"}
#define WORKER_PATH(rest) "/v1/workers/{工人|me}" rest

/* -- options --------------------------------------------------------------------------------- */

#define ORG_CHANGES                                                                                \
    {"--region", "CODE", OPTION_TEXT, false, "行政区划代码，六位", "GB/T 2260 code"},             \
        {"--permit-state", "none|valid|suspended|revoked", OPTION_TEXT, false,                    \
         "安全生产许可证状态", "its safety permit"},                                              \
        {"--permit-until", "DATE", OPTION_TEXT, false, "许可证有效期止", "the permit's end"},     \
        {"--accreditations", "A,B", OPTION_WORDS, false, "可发布的培训类型",                      \
         "kinds of training it may post"}

static const struct option_row org_add[] = {
    {"--kind", "KIND", OPTION_TEXT, true,
     "operator | contractor | clinic | training_centre | regulator | owner | supervision",
     "what it is"},
    {"--name", "TEXT", OPTION_TEXT, true, "名称", "its name"},
    {"--uscc", "CODE", OPTION_TEXT, false, "统一社会信用代码", "unified social credit code"},
    ORG_CHANGES,
    END,
};
static const struct option_row org_change[] = {
    {"--name", "TEXT", OPTION_TEXT, false, "名称", "its name"},
    ORG_CHANGES,
    {"--state", "active|closed", OPTION_TEXT, false, "状态", "its state"},
    END,
};
static const struct option_row org_list[] = {
    {"--kind", "KIND", OPTION_TEXT, false, "只列这一类", "of this kind"},
    PAGE,
    END,
};
static const struct option_row site_add[] = {
    {"--name", "TEXT", OPTION_TEXT, true, "名称", "its name"},
    {"--region", "CODE", OPTION_TEXT, true, "行政区划代码，六位", "GB/T 2260 code"},
    {"--org", "ID", OPTION_INT, true, "所属单位", "whose it is"},
    {"--rule", "FILE", OPTION_JSON, false, "工地书面规则（JSON 文件）", "its written rule, JSON"},
    END,
};
static const struct option_row site_change[] = {
    {"--name", "TEXT", OPTION_TEXT, false, "名称", "its name"},
    {"--rule", "FILE", OPTION_JSON, false, "工地书面规则（JSON 文件）", "its written rule, JSON"},
    {"--state", "open|stopped|closed", OPTION_TEXT, false, "状态", "its state"},
    {"--rectification", "1,2,3", OPTION_IDS, false, "停工期间可进场整改的工人",
     "workers who may come in to put things right"},
    END,
};
static const struct option_row site_list[] = {
    {"--state", "open|stopped|closed", OPTION_TEXT, false, "只列此状态", "in this state"},
    PAGE,
    END,
};
static const struct option_row gate_add[] = {
    {"--site", "ID", OPTION_INT, true, "工地", "its site"},
    {"--name", "TEXT", OPTION_TEXT, true, "名称", "its name"},
    {"--direction", "in|out|both", OPTION_TEXT, true, "方向", "which way it opens"},
    {"--zone", "NAME", OPTION_TEXT, false, "区域，如 height", "the zone behind it"},
    END,
};
static const struct option_row gate_change[] = {
    {"--name", "TEXT", OPTION_TEXT, false, "名称", "its name"},
    {"--direction", "in|out|both", OPTION_TEXT, false, "方向", "which way it opens"},
    {"--zone", "NAME", OPTION_TEXT, false, "区域", "the zone behind it"},
    {"--state", "active|disabled", OPTION_TEXT, false, "停用或启用", "on or off"},
    END,
};
static const struct option_row gate_list[] = {
    {"--site", "ID", OPTION_INT, false, "只列此工地", "of this site"},
    PAGE,
    END,
};
static const struct option_row gate_check[] = {
    {"--code", "TEXT|-", OPTION_TEXT, false, "扫到的内容（- 从标准输入读）",
     "what was scanned (- reads a line)"},
    {"--worker-no", "N", OPTION_TEXT, false, "或工号", "or the worker's number"},
    {"--direction", "in|out", OPTION_TEXT, false, "方向，缺省 in", "in"},
    {"--epoch", "N", OPTION_INT, false, "启动次数，缺省按时钟", "number of this start; the clock"},
    {"--seq", "N", OPTION_INT, false, "本次启动的序号，缺省按时钟", "number of this question; the clock"},
    END,
};
static const struct option_row pass_list[] = {
    {"--site", "ID", OPTION_INT, true, "工地", "the site"},
    {"--day", "DATE", OPTION_TEXT, false, "日期，缺省今天", "today"},
    PAGE,
    END,
};
static const struct option_row account_add[] = {
    {"--role", "ROLE", OPTION_TEXT, true,
     "operator | contractor | clinic | training_centre | safety_officer | inspector | regulator",
     "as what"},
    {"--org", "ID", OPTION_INT, true, "单位", "whose"},
    {"--label", "TEXT", OPTION_TEXT, true, "说明", "what it is called"},
    {"--site", "ID", OPTION_INT, false, "安全员所在工地", "a safety officer's site"},
    {"--region", "CODE", OPTION_TEXT, false, "监管区域（监管、监督账号必填）；全国用 --region ''",
     "an inspector's or regulator's region, which it needs; --region '' is the whole country"},
    END,
};
static const struct option_row account_change[] = {
    {"--label", "TEXT", OPTION_TEXT, false, "说明", "what it is called"},
    {"--state", "active|disabled", OPTION_TEXT, false, "停用或启用", "on or off"},
    END,
};
static const struct option_row account_list[] = {
    {"--org", "ID", OPTION_INT, false, "只列此单位", "of this organisation"},
    {"--role", "ROLE", OPTION_TEXT, false, "只列此角色", "of this role"},
    PAGE,
    END,
};
static const struct option_row worker_add[] = {
    {"--name", "TEXT|-", OPTION_TEXT, true, "姓名", "the name"},
    {"--document-number", "N|-", OPTION_TEXT, true, "证件号码", "the document's number"},
    {"--document-type", "N", OPTION_INT, false, "证件类型，缺省 1", "its type; 1"},
    {"--phone", "N", OPTION_TEXT, false, "手机号", "mobile phone"},
    {"--sex", "M|F", OPTION_TEXT, false, "性别（身份证以外）", "when the document does not tell"},
    {"--birth-date", "DATE", OPTION_TEXT, false, "出生日期（身份证以外）", "likewise"},
    {"--site", "ID", OPTION_INT, true, "工地", "the site"},
    {"--trade", "CODE", OPTION_TEXT, true, "工种代码，如 030", "trade, like 030"},
    {"--role", "ROLE", OPTION_TEXT, false, "岗位，缺省 worker", "the post; worker"},
    {"--team", "TEXT", OPTION_TEXT, false, "班组", "the team"},
    {"--from", "DATE", OPTION_TEXT, false, "进场日期，缺省今天", "from; today"},
    {"--agreement", "labour_contract|written_agreement", OPTION_TEXT, false, "用工合同或协议",
     "the agreement"},
    {"--agreement-from", "DATE", OPTION_TEXT, false, "合同起", "its start"},
    {"--agreement-until", "DATE", OPTION_TEXT, false, "合同止", "its end"},
    END,
};
static const struct option_row badge_void[] = {
    {"--reason", "lost|stolen|damaged|left|replaced|other", OPTION_TEXT, true,
     "原因：遗失、被盗、损坏、离场、更换、其他", "why"},
    END,
};
static const struct option_row badge_sheet[] = {
    {"--workers", "1,2,3", OPTION_IDS, true, "要打印的工人，最多 240 人", "whose; at most 240"},
    END,
};
static const struct option_row worker_list[] = {
    {"--site", "ID", OPTION_INT, false, "只列此工地", "of this site"},
    {"--org", "ID", OPTION_INT, false, "只列此单位", "of this organisation"},
    {"--trade", "CODE", OPTION_TEXT, false, "只列此工种", "of this trade"},
    {"--colour", "green|yellow|red|none", OPTION_TEXT, false, "只列此颜色", "of this colour"},
    PAGE,
    END,
};
#define PLACE_AND_KNOWLEDGE                                                                        \
    {"--region", "CODE", OPTION_TEXT, false, "按此地政策", "under this place's policy"},          \
        {"--site", "ID", OPTION_INT, false, "在此工地", "on this site"},                          \
        {"--known-at", "TIME", OPTION_TEXT, false,                                                \
         "只看此刻之前登记的记录（政策仍按现在施行的），如 2026-11-22T08:00:00+08:00",              \
         "records as they stood at this instant, RFC 3339; policies are as they are now"}
static const struct option_row worker_colour[] = {
    {"--on", "DATE", OPTION_TEXT, false, "日期，缺省今天", "on this day; today"},
    PLACE_AND_KNOWLEDGE,
    END,
};
static const struct option_row worker_calendar[] = {
    {"--from", "DATE", OPTION_TEXT, false, "起始日，缺省今天", "the first day; today"},
    {"--to", "DATE", OPTION_TEXT, false, "最后一日，缺省一年后，至多三年",
     "the last day; a year on, three years at most"},
    PLACE_AND_KNOWLEDGE,
    END,
};
static const struct option_row worker_code[] = {
    {"--site", "ID", OPTION_INT, false, "为此工地", "for this site"},
    {"--version", "N", OPTION_INT, false, "至少包含此版本", "as of this version at least"},
    {"--short", "true", OPTION_BOOL, false, "另给 20 位数字短码", "twenty digits as well"},
    {"--device-key", "FILE", OPTION_JSON, false, "手机公钥（JWK），另给离线凭证",
     "a phone's public key (JWK): a cred for use without network as well"},
    END,
};
static const struct option_row account_login[] = {
    {"--login", "NAME", OPTION_TEXT, true, "登录名：小写字母、数字、. _ - @", "a-z 0-9 . _ - @"},
    {"--forget-totp", "true", OPTION_BOOL, false, "身份验证器已丢失：重新设置，并结束全部会话",
     "the authenticator app is lost: another is set up, every session ends"},
    END,
};
static const struct option_row worker_join[] = {
    {"--token", "TEXT|-", OPTION_TEXT, false, "链接中 # 之后的部分", "what stands behind # in the link"},
    {"--worker", "ID", OPTION_INT, false, "或工人编号", "or the worker's number"},
    {"--code", "DIGITS|-", OPTION_TEXT, false, "和六位验证码", "and the six digits"},
    {"--device-key", "FILE", OPTION_JSON, true, "手机公钥（JWK 文件，P-256）",
     "the phone's public key, a JWK of P-256"},
    END,
};
static const struct option_row worker_find[] = {
    {"--document-number", "N|-", OPTION_TEXT, true, "证件号码（- 从标准输入读）",
     "the document's number (- reads a line)"},
    {"--document-type", "N", OPTION_INT, true, "证件类型，1 居民身份证", "1: identity card"},
    END,
};
static const struct option_row only_page[] = {PAGE, END};
static const struct option_row alert_list[] = {
    {"--site", "ID", OPTION_INT, false, "工地", "of one site"},
    {"--state", "STATE", OPTION_TEXT, false, "open、escalated 或 cleared",
     "open, escalated or cleared"},
    PAGE,
    END,
};
static const struct option_row anomaly_list[] = {
    {"--site", "ID", OPTION_INT, false, "工地", "of one site"},
    {"--state", "STATE", OPTION_TEXT, false, "open 或 reviewed", "open or reviewed"},
    PAGE,
    END,
};
static const struct option_row anomaly_review[] = {
    {"--outcome", "WHAT", OPTION_TEXT, true,
     "harmless 无碍、lent 借码、forged 伪造 或 device_fault 设备故障",
     "harmless, lent, forged or device_fault"},
    END,
};
static const struct option_row alert_extend[] = {
    {"--deadline", "DATE", OPTION_TEXT, true, "新期限", "the new deadline"},
    END,
};
static const struct option_row policy_check[] = {
    {"--examples", "", OPTION_TEXT, false, "改为列出示例：每条规则的每个原因和颜色各一名工人",
     "prints people instead: one for each reason and colour of each rule"},
    END,
};
static const struct option_row policy_enforce[] = {
    {"--past-days", "N", OPTION_INT, false, "生效日已过时必填：将由它重新判定的已过天数",
     "when its first day is gone: how many days that are gone it will judge"},
    END,
};
static const struct option_row policy_trial[] = {
    {"--on", "DATE", OPTION_TEXT, false, "按此日，缺省为今天或生效日",
     "on this day; else today, or the day from which it applies"},
    END,
};
static const struct option_row engage_start[] = {
    PERSON,
    {"--site", "ID", OPTION_INT, true, "工地", "the site"},
    {"--trade", "CODE", OPTION_TEXT, true, "工种代码", "the trade"},
    {"--role", "ROLE", OPTION_TEXT, true, "岗位，如 worker", "the post, like worker"},
    {"--team", "TEXT", OPTION_TEXT, false, "班组", "the team"},
    {"--from", "DATE", OPTION_TEXT, false, "进场日期", "from"},
    END,
};
static const struct option_row engage_end[] = {
    PERSON,
    {"--of", "VERSION", OPTION_INT, false, "要结束的用工登记版本；只有一个时可不填",
     "the engagement's version; not needed where there is one only"},
    {"--site", "ID", OPTION_INT, false, "或工地", "or its site"},
    {"--trade", "CODE", OPTION_TEXT, false, "及工种", "and trade"},
    {"--until", "DATE", OPTION_TEXT, false, "止日（当天起不再有效）", "the first day without it"},
    END,
};
static const struct option_row exam_post[] = {
    PERSON,
    {"--conclusion", "WORD", OPTION_TEXT, true,
     "no_abnormality | recheck | suspected_occupational | contraindicated | unfit | other",
     "the conclusion"},
    {"--contraindicated-for", "A,B", OPTION_WORDS, false, "禁忌作业，如 height,electric",
     "work that must not be done"},
    {"--valid-until", "DATE", OPTION_TEXT, false, "有效期止，缺省按政策", "else by the policy"},
    END,
};
static const struct option_row training_post[] = {
    PERSON,
    {"--type", "TYPE", OPTION_TEXT, true,
     "entry_company | entry_project | entry_team | site_entry | annual | off_job | …", "which"},
    {"--hours", "N", OPTION_INT, true, "学时", "hours"},
    {"--passed", "true|false", OPTION_BOOL, true, "是否合格", "was it passed"},
    {"--score", "N", OPTION_INT, false, "成绩", "the score"},
    {"--site", "ID", OPTION_INT, false, "工地", "the site"},
    END,
};
static const struct option_row points_post[] = {
    PERSON,
    {"--points", "N", OPTION_INT, true, "积分", "points"},
    END,
};
static const struct option_row violation_post[] = {
    PERSON,
    {"--class", "command|operation|discipline", OPTION_TEXT, true,
     "违章指挥、违章作业、违反劳动纪律", "which of the three"},
    {"--category", "CODE", OPTION_TEXT, true, "不安全行为代码（GB 6441），7.01 至 7.13",
     "unsafe act, GB 6441: 7.01 to 7.13"},
    {"--severity", "1-4", OPTION_INT, true, "1 轻微 2 一般 3 较重 4 严重", "minor to grave"},
    {"--off-job-training", "true|false", OPTION_BOOL, false, "责令脱产培训",
     "ordered to retrain off the job"},
    {"--site", "ID", OPTION_INT, false, "工地", "the site"},
    END,
};
static const struct option_row of_post[] = {
    PERSON,
    {"--of", "VERSION", OPTION_INT, true, "原记录的版本", "the record's version"},
    END,
};
static const struct option_row certificate_post[] = {
    PERSON,
    {"--type", "TYPE", OPTION_TEXT, true, "special_operation | A | B | C1 | C2 | C3 | other",
     "which"},
    {"--class", "NN", OPTION_TEXT, false, "操作类别，两位，如 02", "special operation, like 02"},
    {"--number", "N|-", OPTION_TEXT, true, "证书编号", "its number"},
    {"--issuer", "housing|emergency|other", OPTION_TEXT, true, "发证部门", "who issued it"},
    {"--valid-from", "DATE", OPTION_TEXT, true, "有效期起", "from"},
    {"--valid-until", "DATE", OPTION_TEXT, true, "有效期止", "until"},
    END,
};
static const struct option_row certificate_status[] = {
    PERSON,
    {"--number", "N|-", OPTION_TEXT, true, "证书编号", "its number"},
    {"--status", "valid|suspended|revoked", OPTION_TEXT, true, "状态", "its status"},
    {"--from", "DATE", OPTION_TEXT, true, "自", "from"},
    {"--until", "DATE", OPTION_TEXT, false, "止日（当天起不再有效）", "the first day without it"},
    {"--months", "N", OPTION_INT, false, "或期限（月），代替止日", "or for so many months"},
    END,
};
#define WHEN {"--occurred-on", "DATE", OPTION_TEXT, false, "发生日期，缺省今天", "the day; today"}
static const struct option_row agreement_post[] = {
    {"--type", "labour_contract|written_agreement", OPTION_TEXT, true, "劳动合同或书面协议",
     "which"},
    {"--from", "DATE", OPTION_TEXT, true, "起", "from"},
    {"--until", "DATE", OPTION_TEXT, false, "止日（当天起不再有效）", "the first day without it"},
    WHEN,
    END,
};
static const struct option_row ban_post[] = {
    {"--scope", "industry|role|trade|site", OPTION_TEXT, true, "范围", "of what"},
    {"--subject", "X", OPTION_ANY, false, "岗位或工种", "which role or trade"},
    {"--from", "DATE", OPTION_TEXT, true, "起", "from"},
    {"--until", "DATE", OPTION_TEXT, false, "止日（当天起不再有效）", "the first day without it"},
    {"--months", "N", OPTION_INT, false, "或期限（月），代替止日", "or for so many months"},
    {"--basis", "TEXT", OPTION_TEXT, true, "依据", "on what grounds"},
    WHEN,
    END,
};
static const struct option_row override_ask[] = {
    {"--worker", "ID", OPTION_INT, true, "工人", "the worker"},
    {"--colour", "green|yellow|red", OPTION_TEXT, true, "颜色", "the colour"},
    {"--from", "DATE", OPTION_TEXT, true, "起", "from"},
    {"--until", "DATE", OPTION_TEXT, true, "止日（当天起不再有效）", "the first day without it"},
    {"--evidence", "TEXT", OPTION_TEXT, true, "依据材料", "the evidence"},
    {"--signed-by", "1,2", OPTION_IDS, true, "本人账号与待签字的另一个账号",
     "your account and the one that is to sign"},
    END,
};
static const struct option_row override_list[] = {
    {"--state", "awaiting_signature|signed|withdrawn|expired|void", OPTION_TEXT, false,
     "只列此状态", "in this state"},
    {"--worker", "ID", OPTION_INT, false, "只列此工人的", "of this worker"},
    PAGE,
    END,
};
static const struct option_row identity_post[] = {
    {"--birth-date", "DATE", OPTION_TEXT, true, "出生日期", "the birth date"},
    {"--sex", "M|F", OPTION_TEXT, true, "性别", "the sex"},
    WHEN,
    END,
};
static const struct option_row consent_post[] = {
    {"--scope", "health|biometric|location", OPTION_TEXT, true, "同意的事项", "to what"},
    {"--given", "true|false", OPTION_BOOL, true, "同意或撤回", "given or withdrawn"},
    WHEN,
    END,
};
static const struct option_row correct_post[] = {
    {"--of", "VERSION", OPTION_INT, true, "被更正的记录版本", "the record's version"},
    WHEN,
    END,
};
static const struct option_row appeal_file[] = {
    {"--worker", "ID", OPTION_INT, false, "为哪名工人（本人不填）", "for whom; not by himself"},
    {"--reason", "CODE", OPTION_TEXT, true, "原因代码，如 VIOL_POINTS（见 worker colour --json）",
     "the reason's code, like VIOL_POINTS"},
    {"--scope", "person|trade|role|site", OPTION_TEXT, true, "原因的范围", "the reason's scope"},
    {"--words", "TEXT|-", OPTION_TEXT, true, "申诉理由（- 从标准输入读）",
     "in his own words (- reads a line)"},
    {"--disputes", "VERSION", OPTION_INT, false, "有异议的记录版本，须为该原因“所据记录”之一",
     "the record that is wrong, one of those that the reason rests on"},
    {"--site", "ID", OPTION_INT, false, "在哪个工地", "at this site"},
    {"--on", "DATE", OPTION_TEXT, false, "哪一天的颜色，缺省今天", "of this day; today"},
    END,
};
static const struct option_row appeal_list[] = {
    {"--state", "open|upheld|partly|rejected|void", OPTION_TEXT, false, "只列此状态",
     "in this state"},
    {"--overdue", "true", OPTION_BOOL, false, "只列逾期未答复的", "those past their deadline"},
    {"--worker", "ID", OPTION_INT, false, "只列此工人的", "of this worker"},
    PAGE,
    END,
};
static const struct option_row appeal_answer[] = {
    {"--outcome", "upheld|partly|rejected", OPTION_TEXT, true, "成立、部分成立、不成立", "the outcome"},
    {"--words", "TEXT|-", OPTION_TEXT, true, "答复（- 从标准输入读）",
     "in plain words (- reads a line)"},
    {"--supersede", "VERSION", OPTION_INT, false, "同时作废这条记录", "takes this record back"},
    {"--mended-by", "VERSION", OPTION_INT, false, "或已由这条记录更正（新记录或已签字的改色）",
     "or this record mended it: the right one, or a signed override"},
    END,
};
static const struct option_row holiday_list[] = {
    {"--year", "N", OPTION_INT, false, "只看这一年", "of this year"},
    END,
};
static const struct option_row worker_forecast[] = {
    {"--days", "N", OPTION_INT, false, "多少天之内，缺省 30，最多 180", "within so many days; 30"},
    {"--site", "ID", OPTION_INT, false, "只看此工地", "of this site"},
    {"--org", "ID", OPTION_INT, false, "只看此单位", "of this organisation"},
    PAGE,
    END,
};
static const char webhook_events[] = "事件，可多个："
#define ASKED_true(type)                     " " type
#define ASKED_false(type)
#define EVENT(name, type, asked_for, zh, en) ASKED_##asked_for(type)
#include "domain/event.def"
#undef EVENT
    ;
static const struct option_row webhook_add[] = {
    {"--url", "URL", OPTION_TEXT, true, "推送地址，https:// 开头", "where to tell, https://"},
    {"--events", "A,B", OPTION_WORDS, true, webhook_events, "of what"},
    END,
};
static const struct option_row webhook_change[] = {
    {"--url", "URL", OPTION_TEXT, false, "推送地址", "where to tell"},
    {"--events", "A,B", OPTION_WORDS, false, webhook_events, "of what"},
    {"--state", "active|disabled", OPTION_TEXT, false, "停用或启用", "on or off"},
    END,
};
static const struct option_row delivery_list[] = {
    {"--state", "pending|delivered|dead", OPTION_TEXT, false, "只列此状态", "in this state"},
    PAGE,
    END,
};
static const struct option_row audit_list[] = {
    {"--worker", "ID", OPTION_INT, false, "关于此工人", "about this worker"},
    {"--account", "ID", OPTION_INT, false, "此账号所为", "by this account"},
    PAGE,
    END,
};

/* -- columns ---------------------------------------------------------------------------------- */

#define LAST {.field = NULL}
static const struct column org_columns[] = {
    {"id", "编号", "id"}, {"kind", "类别", "kind"}, {"name", "名称", "name"},
    {"region", "区划", "region"}, {"permit_state", "许可证", "permit"},
    {"state", "状态", "state"}, LAST,
};
static const struct column site_columns[] = {
    {"id", "编号", "id"}, {"name", "名称", "name"}, {"region", "区划", "region"},
    {"org", "单位", "org"}, {"state", "状态", "state"}, LAST,
};
static const struct column gate_columns[] = {
    {"id", "编号", "id"}, {"site", "工地", "site"}, {"name", "名称", "name"},
    {"direction", "方向", "direction"}, {"zone", "区域", "zone"}, {"state", "状态", "state"}, LAST,
};
static const struct column account_columns[] = {
    {"id", "编号", "id"}, {"role", "角色", "role"}, {"org", "单位", "org"},
    {"site", "工地", "site"}, {"region", "区域", "region"}, {"label", "说明", "label"},
    {"key_prefix", "密钥前缀", "key prefix"}, {"state", "状态", "state"}, LAST,
};
static const struct column badge_columns[] = {
    {"badge", "帽贴号", "badge"}, {"state", "状态", "state"}, {"issued_at", "发放", "issued"},
    {"expires_at", "有效期至", "until"}, {"voided_at", "作废", "voided"},
    {"reason", "原因", "reason"}, LAST,
};
static const struct column worker_columns[] = {
    {"id", "工号", "id"}, {"name", "姓名", "name"}, {"trade", "工种", "trade"},
    {"role", "岗位", "role"}, {"org", "单位", "org"}, {"site", "工地", "site"},
    {"from", "进场", "from"}, {"person_colour", "个人", "person"},
    {"colour_here", "在此", "here"}, LAST,
};
static const struct column record_columns[] = {
    {"version", "版本", "version"}, {"kind", "类型", "kind"},
    {"occurred_on", "发生", "occurred"}, {"org", "单位", "org"}, {"body", "内容", "body"}, LAST,
};
static const struct column access_columns[] = {
    {"at", "时间", "at"}, {"action", "做了什么", "action"}, {"role", "角色", "role"},
    {"org_name", "单位", "organisation"}, LAST,
};
static const struct column pass_columns[] = {
    {"pass", "通行号", "pass"}, {"at", "时间", "at"}, {"worker", "工号", "worker"},
    {"direction", "方向", "way"}, {"verdict", "判定", "verdict"}, {"why", "缘由", "why"},
    {"colour_here", "颜色", "colour"}, {"flags", "标记", "flags"}, LAST,
};
static const struct column alert_columns[] = {
    {"id", "编号", "id"},           {"site_name", "工地", "site"},    {"kind", "类别", "kind"},
    {"state", "状态", "state"},     {"opened_on", "发出", "opened"},  {"deadline", "期限", "deadline"},
    {"seen", "已知悉", "seen"},     {0},
};
static const struct column anomaly_columns[] = {
    {"id", "编号", "id"}, {"at", "时间", "at"}, {"site_name", "工地", "site"},
    {"worker", "人员", "worker"}, {"what", "情况", "what"}, {"outcome", "结论", "outcome"},
    {"pass", "通行", "pass"}, LAST,
};
static const struct column policy_columns[] = {
    {"number", "编号", "number"}, {"id", "名", "id"}, {"region", "区划", "region"},
    {"effective", "生效", "effective"}, {"until", "止", "until"}, {"state", "状态", "state"},
    {"title", "标题", "title"}, LAST,
};
static const struct column appeal_columns[] = {
    {"id", "编号", "id"}, {"worker", "工号", "worker"}, {"reason", "原因", "reason"},
    {"scope", "范围", "scope"}, {"state", "状态", "state"}, {"due", "答复期限", "due"},
    {"overdue", "逾期", "overdue"}, {"filed_at", "提交", "filed"}, LAST,
};
static const struct column override_columns[] = {
    {"id", "编号", "id"}, {"worker", "工号", "worker"}, {"colour", "颜色", "colour"},
    {"from", "起", "from"}, {"until", "止", "until"}, {"state", "状态", "state"},
    {"asked_by", "申请人", "asked by"}, {"named", "待签字人", "named"},
    {"expires_at", "签字期限", "sign by"}, LAST,
};
static const struct column star_columns[] = {
    {"version", "版本", "version"}, {"occurred_on", "日期", "day"}, {"points", "分", "points"},
    {"org", "单位", "org"}, LAST,
};
static const struct column holiday_columns[] = {
    {"year", "年", "year"}, {"version", "版本", "version"}, {"recorded_at", "登记", "recorded"},
    {"document", "内容", "document"}, LAST,
};
static const struct option_row key_activate[] = {
    {"--emergency", "true|false", OPTION_BOOL, false, "没有其他密钥可签时提前启用",
     "before its time, where no other key signs"},
    {"--reason", "文字", OPTION_TEXT, false, "原因（提前启用时必填）", "why; an emergency needs one"},
    END,
};
static const struct option_row key_retire[] = {
    {"--reason", "文字", OPTION_TEXT, false, "原因", "why"},
    END,
};
static const struct option_row key_remove[] = {
    {"--reason", "文字", OPTION_TEXT, true, "原因，如私钥可能泄露", "why, as: somebody else may have it"},
    END,
};
static const struct column key_columns[] = {
    {"number", "编号", "number"}, {"kid", "密钥", "kid"}, {"alg", "算法", "alg"},
    {"state", "状态", "state"}, {"signs", "正在签发", "signs now"}, {"loaded", "本机持有", "here"},
    {"usable_from", "可启用时间", "usable from"}, {"not_after", "有效至", "until"}, LAST,
};
static const struct column webhook_columns[] = {
    {"id", "编号", "id"}, {"url", "地址", "url"}, {"events", "事件", "events"},
    {"state", "状态", "state"}, {"pending", "待送", "pending"}, {"dead", "放弃", "given up"}, LAST,
};
static const struct column delivery_columns[] = {
    {"at", "时间", "at"}, {"type", "事件", "event"}, {"state", "状态", "state"},
    {"attempts", "次数", "attempts"}, {"status", "应答", "status"}, {"trouble", "原因", "trouble"},
    {"next_at", "下次", "next"}, {"message", "消息", "message"}, LAST,
};
static const struct column audit_columns[] = {
    {"at", "时间", "at"}, {"account", "账号", "account"}, {"action", "做了什么", "action"},
    {"worker", "工人", "worker"}, {"detail", "细节", "detail"}, LAST,
};
static const struct column review_columns[] = {
    {"worker", "工号", "worker"}, {"name", "姓名", "name"}, {"known_worker", "已有", "known"},
    {"known_name", "已有姓名", "known name"}, {"org", "单位", "org"}, {"at", "时间", "at"}, LAST,
};

/* -- the commands ------------------------------------------------------------------------------ */

#define GET(v, s, p, o, c, shown, z, e)                                                            \
    {.verb = v, .sub = s, .method = "GET", .path = p, .options = o, .columns = c, .show = shown,   \
     .zh = z, .en = e}
#define LIST(v, s, p, o, c, z, e) GET(v, s, p, o, c, show_list, z, e)
#define WRITE(m, v, s, p, o, f, shown, z, e)                                                       \
    {.verb = v, .sub = s, .method = m, .path = p, .options = o, .fixed = f, .show = shown,         \
     .writes = true, .zh = z, .en = e}
#define POST(v, s, p, o, f, z, e) WRITE("POST", v, s, p, o, f, show_items, z, e)
#define POLICY_MOVE(s, o, f, z, e)                                                                 \
    {.verb = "policy", .sub = s, .method = "POST", .path = "/v1/policies/{编号}/state",            \
     .options = o, .fixed = f, .show = show_written, .refused = policy_refused, .writes = true,    \
     .zh = z, .en = e}
#define RECORD(s, o, f, z, e) POST("record", s, WORKER_PATH("/records"), o, f, z, e)

const struct command commands[] = {
    WRITE("POST", "org", "add", "/v1/orgs", org_add, NULL, show_written, "登记单位",
          "registers an organisation"),
    LIST("org", "list", "/v1/orgs", org_list, org_columns, "列出单位", "lists organisations"),
    GET("org", "show", "/v1/orgs/{单位}", NULL, NULL, show_object, "查看单位", "shows one"),
    WRITE("PATCH", "org", "change", "/v1/orgs/{单位}", org_change, NULL, show_written,
          "更改单位或其许可证", "changes it or its permit"),

    WRITE("POST", "site", "add", "/v1/sites", site_add, NULL, show_written, "登记工地",
          "registers a site"),
    LIST("site", "list", "/v1/sites", site_list, site_columns, "列出工地", "lists sites"),
    GET("site", "show", "/v1/sites/{工地}", NULL, NULL, show_object, "查看工地", "shows one"),
    WRITE("PATCH", "site", "change", "/v1/sites/{工地}", site_change, NULL, show_written,
          "更改工地、书面规则、整改名单", "changes it, its rule, its rectification list"),
    WRITE("PATCH", "site", "stop", "/v1/sites/{工地}", NULL, "{\"state\":\"stopped\"}",
          show_written, "责令停工", "stops work"),
    WRITE("PATCH", "site", "open", "/v1/sites/{工地}", NULL, "{\"state\":\"open\"}", show_written,
          "恢复施工", "lets work go on"),

    WRITE("POST", "gate", "add", "/v1/devices", gate_add, NULL, show_key,
          "登记闸机；密钥只显示一次", "registers a gate; its key is shown once"),
    LIST("gate", "list", "/v1/devices", gate_list, gate_columns, "列出闸机", "lists gates"),
    GET("gate", "show", "/v1/devices/{闸机}", NULL, NULL, show_object, "查看闸机", "shows one"),
    WRITE("PATCH", "gate", "change", "/v1/devices/{闸机}", gate_change, NULL, show_written,
          "更改或停用闸机", "changes it or switches it off"),
    {.verb = "gate", .sub = "check", .method = "POST", .path = "/v1/gate/check",
     .options = gate_check, .show = gate_show, .prepare = gate_prepare,
     .zh = "以闸机身份查验一个码", .en = "asks about a code, as a gate"},
    {.verb = "gate", .sub = "pass", .method = "POST", .path = "/v1/gate/passes/" FILE_ARGUMENT,
     .body_is_file = true, .show = handed_show, .zh = "补交离线通行（JSON 文件，见接口说明）",
     .en = "hands in what a gate decided while alone (JSON file)"},
    GET("gate", "site", "/v1/gate/site", NULL, NULL, show_object,
        "以闸机身份查看本工地的规则与状态", "what a gate must know of its site to decide while alone"),
    GET("gate", "lists", "/v1/lists", NULL, NULL, show_object, "以闸机身份查看本地区有哪些状态列表",
        "which status lists there are for the gate's region"),
    WRITE("POST", "badge", "issue", WORKER_PATH("/badges"), NULL, NULL, show_badge,
          "为工人发放一枚帽贴（三年有效）", "issues a badge: the code of a sticker for a helmet"),
    LIST("badge", "list", WORKER_PATH("/badges"), NULL, badge_columns, "列出工人的帽贴",
         "lists a worker's badges"),
    WRITE("POST", "badge", "void", WORKER_PATH("/badges/{帽贴号}/void"), badge_void, NULL,
          show_object, "作废一枚帽贴（遗失、损坏、离场）", "voids a badge that was lost or is not worn any more"),
    {.verb = "badge", .sub = "sheet", .method = "POST", .path = "/v1/badges/sheet",
     .options = badge_sheet, .writes = true, .run = badge_sheet_run,
     .zh = "打印帽贴：A4 每页 24 枚的 PDF，缺帽贴的自动发放；--save 文件.pdf",
     .en = "stickers as a PDF, 24 on A4; who has none gets one; --save FILE.pdf"},
    {.verb = "photo", .sub = "post", .method = "POST",
     .path = WORKER_PATH("/photo/" FILE_ARGUMENT), .body_is_file = true, .writes = true,
     .run = photo_post_run, .zh = "上传工人照片（JPEG，不超过 50 KB），供门卫比对",
     .en = "a person's photo (JPEG, at most 50 KB), for guards to compare"},
    {.verb = "photo", .sub = "show", .method = "GET", .path = WORKER_PATH("/photo"),
     .run = photo_show_run, .zh = "取工人照片；--save 文件.jpg",
     .en = "fetches a person's photo; --save FILE.jpg"},
    LIST("pass", "list", "/v1/passes", pass_list, pass_columns, "列出一个工地一天的通行",
         "lists a site's passes of a day"),
    GET("pass", "show", "/v1/passes/" PASS_ARGUMENT, NULL, NULL, pass_show,
        "查看一次通行的判定依据，并当场重算核对",
        "shows what a pass was decided from, and decides it again"),

    WRITE("POST", "account", "add", "/v1/accounts", account_add, NULL, show_key,
          "开户；密钥只显示一次", "opens an account; its key is shown once"),
    LIST("account", "list", "/v1/accounts", account_list, account_columns, "列出账号",
         "lists accounts"),
    GET("account", "show", "/v1/accounts/{账号}", NULL, NULL, show_object, "查看账号",
        "shows one"),
    WRITE("PATCH", "account", "change", "/v1/accounts/{账号}", account_change, NULL, show_written,
          "更改或停用账号", "changes it or switches it off"),
    WRITE("POST", "account", "login", "/v1/accounts/{账号}/login", account_login, NULL, show_object,
          "给账号登录名和设置密码的链接（只显示一次，48 小时有效）", "gives a login name and a link to choose a password"),
    {.verb = "account", .sub = "sign-out", .method = "DELETE", .path = "/v1/accounts/{账号}/sessions",
     .show = show_object, .zh = "结束账号的全部登录会话", .en = "ends every session of an account"},
    WRITE("POST", "key", "renew", "/v1/accounts/{账号}/key", NULL, NULL, show_key,
          "换发密钥，旧密钥即刻失效", "gives an account another key; the one before ends"),

    LIST("key", "list", "/v1/keys", NULL, key_columns, "列出签名密钥及各自签发什么",
         "lists the signing keys and what each signs"),
    {.verb = "key", .sub = "add", .method = "POST", .path = "/v1/keys/{文件}",
     .body_is_file = true, .writes = true, .show = show_written,
     .zh = "公布一把签名密钥的公钥（JSON 文件，由 jianan-server --new-signing-key 给出）",
     .en = "announces a signing key's public half (JSON from jianan-server --new-signing-key)"},
    WRITE("PATCH", "key", "activate", "/v1/keys/{编号}", key_activate, "{\"state\":\"active\"}",
          show_written, "启用：公布满 24 小时后开始签发", "lets it sign, 24 hours after it was published"),
    WRITE("PATCH", "key", "retire", "/v1/keys/{编号}", key_retire, "{\"state\":\"retired\"}",
          show_written, "停用：不再签发，已签的到期前仍有效",
          "signs no more; what it signed counts until it ends"),
    WRITE("PATCH", "key", "remove", "/v1/keys/{编号}", key_remove, "{\"state\":\"removed\"}",
          show_written, "紧急移除：它签过的一切立即作废", "at once: all that it signed is void"),

    WRITE("POST", "worker", "add", "/v1/workers", worker_add, NULL, show_items,
          "实名登记并进场", "enrols and engages a person"),
    LIST("worker", "list", "/v1/workers", worker_list, worker_columns, "列出工人及颜色",
         "lists people with their colours"),
    GET("worker", "show", WORKER_PATH(""), NULL, NULL, show_object, "查看一人", "shows a person"),
    LIST("worker", "records", WORKER_PATH("/records"), only_page, record_columns, "查看一人的记录",
         "what happened to a person"),
    GET("worker", "colour", WORKER_PATH("/colour"), worker_colour, NULL, show_colour,
        "颜色、原因、依据、怎么办", "the colour, why, on what basis, what to do"),
    GET("worker", "calendar", WORKER_PATH("/calendar"), worker_calendar, NULL, calendar_show,
        "逐日颜色：何时变、为何变", "the colour from day to day: when it changes, and why"),
    {.verb = "worker", .sub = "code", .method = "POST", .path = WORKER_PATH("/code"),
     .options = worker_code, .fixed = "{}", .show = show_code, .zh = "在终端显示实时二维码",
     .en = "shows the live code in the terminal"},
    GET("worker", "forecast", "/v1/forecast", worker_forecast, worker_columns, forecast_show,
        "若无新记录，多少天内谁会变色", "who changes colour within some days if nothing is recorded"),
    LIST("worker", "stars", WORKER_PATH("/stars"), NULL, star_columns,
         "安全行为之星（不影响颜色）", "the stars of a person, which change no colour"),
    GET("worker", "accesses", WORKER_PATH("/accesses"), only_page, access_columns, accesses_show,
        "谁看过我的信息", "who looked at a person"),
    WRITE("POST", "worker", "invite", WORKER_PATH("/invitation"), NULL, NULL, show_object,
          "邀请工人在本人手机上登录：链接和六位验证码，半小时内有效", "invites a worker to sign in on his phone: a link, six digits"),
    {.verb = "worker", .sub = "join", .method = "POST", .path = "/v1/session/worker",
     .options = worker_join, .fixed = "{\"keep\":\"key\"}", .show = show_key,
     .zh = "以手机身份凭邀请登录；密钥只显示一次", .en = "signs a worker in by an invitation, as his phone does"},
    WRITE("DELETE", "worker", "end-access", WORKER_PATH("/access"), NULL, NULL, show_object,
          "工人手机遗失或退出登录：其密钥与邀请即刻失效", "a worker's phone is lost, or he signs out"),
    {.verb = "worker", .sub = "find", .method = "POST", .path = "/v1/workers/find",
     .options = worker_find, .show = show_object, .zh = "按证件号码查找", .en = "finds by document"},
    {.verb = "worker", .sub = "erase", .method = "DELETE", .path = WORKER_PATH(""), .writes = true,
     .for_good = true, .show = show_object, .zh = "删除个人信息（不可恢复）",
     .en = "erases what is personal, for good"},
    LIST("worker", "reviews", "/v1/identity-reviews", only_page, review_columns,
         "同号不同名、待核实的人", "numbers that came with two names"),

    POST("engage", "start", "/v1/engagements", engage_start, "{\"kind\":\"engagement\"}",
         "进场登记", "engages a worker"),
    POST("engage", "end", "/v1/engagements", engage_end, "{\"kind\":\"engagement_end\"}",
         "退场登记", "ends an engagement"),
    {.verb = "import", .sub = NULL, .method = "POST", .path = "/v1/imports/" FILE_ARGUMENT,
     .body_is_file = true, .writes = true, .run = import_run,
     .zh = "批量登记（CSV），逐行说明被拒原因", .en = "enrols from a CSV; tells why rows are refused"},
    GET("import", "show", "/v1/imports/{导入}", NULL, NULL, show_object, "查看导入进度",
        "how far an import is"),

    POST("exam", "post", "/v1/exams", exam_post, NULL, "发布体检结论", "posts a health exam"),
    POST("training", "post", "/v1/trainings", training_post, "{\"kind\":\"training\"}",
         "发布培训结果", "posts a training's result"),
    POST("training", "study", "/v1/trainings", points_post, "{\"kind\":\"study\"}",
         "发布学习积分", "posts study points"),
    POST("violation", "post", "/v1/violations", violation_post, "{\"kind\":\"violation\"}",
         "登记违章", "posts a violation"),
    POST("violation", "rectify", "/v1/violations", of_post, "{\"kind\":\"rectification\"}",
         "登记整改完成", "posts its rectification"),
    POST("violation", "star", "/v1/violations", points_post, "{\"kind\":\"star\"}",
         "表扬安全行为", "praises safe work"),
    POST("certificate", "post", "/v1/certificates", certificate_post,
         "{\"kind\":\"certificate\"}", "登记证书", "posts a certificate"),
    POST("certificate", "status", "/v1/certificates", certificate_status,
         "{\"kind\":\"certificate_status\"}", "暂扣、吊销或恢复证书",
         "suspends, revokes or restores one"),

    RECORD("agreement", agreement_post, "{\"kind\":\"agreement\"}", "登记劳动合同或协议",
           "posts an agreement"),
    RECORD("ban", ban_post, "{\"kind\":\"ban\"}", "限制从业", "bans from the trade"),
    RECORD("identity", identity_post, "{\"kind\":\"identity\"}", "更正出生日期与性别（须核对证件）",
           "puts birth date and sex right, the document shown"),
    RECORD("consent", consent_post, "{\"kind\":\"consent\"}", "本人同意或撤回",
           "a worker's consent"),
    RECORD("correct", correct_post, "{\"kind\":\"supersede\"}", "作废一条记录",
           "takes a record back"),

    GET("site", "standing", "/v1/sites/{编号}/standing", NULL, NULL, show_object,
        "工地各色人数与警示", "how a site's people stand, and what it is warned of"),
    LIST("alert", "list", "/v1/alerts", alert_list, alert_columns, "列出工地警示",
         "lists alerts of sites"),
    GET("alert", "show", "/v1/alerts/{编号}", NULL, NULL, show_object, "查看警示及经过",
        "what a site is warned of, and what became of it"),
    WRITE("POST", "alert", "seen", "/v1/alerts/{编号}", NULL, "{\"action\":\"seen\"}", show_written,
          "已知悉", "says that it was seen"),
    WRITE("POST", "alert", "extend", "/v1/alerts/{编号}", alert_extend, "{\"action\":\"extend\"}",
          show_written, "延长期限", "gives it more time"),

    LIST("anomaly", "list", "/v1/anomalies", anomaly_list, anomaly_columns, "列出可疑通行",
         "lists passes that people should look at"),
    WRITE("POST", "anomaly", "review", "/v1/anomalies/{编号}", anomaly_review, NULL, show_written,
          "写下核查结论", "says what it was"),

    WRITE("POST", "appeal", "file", "/v1/appeals", appeal_file, NULL, show_object,
          "对颜色的一条原因提出申诉", "appeals against a reason of a colour"),
    LIST("appeal", "list", "/v1/appeals", appeal_list, appeal_columns, "列出申诉，逾期在前",
         "lists appeals, what is overdue first"),
    GET("appeal", "show", "/v1/appeals/{申诉}", NULL, NULL, show_object, "查看申诉与答复",
        "shows an appeal and its answer"),
    WRITE("POST", "appeal", "answer", "/v1/appeals/{申诉}/decision", appeal_answer, NULL,
          show_object, "答复申诉，并更正有误之处", "answers one, and mends what was wrong"),

    WRITE("POST", "override", "ask", "/v1/overrides", override_ask, NULL, show_object,
          "申请人工改色（限 regulator 账号；本人先签字，72 小时内由另一人签字后生效）",
          "a regulator asks for a colour by hand and signs first; another signs within 72 hours"),
    LIST("override", "list", "/v1/overrides", override_list, override_columns,
         "列出改色申请，最新在前", "lists them, the newest first"),
    GET("override", "show", "/v1/overrides/{改色}", NULL, NULL, show_object, "查看申请与依据材料",
        "shows one with its evidence"),
    WRITE("POST", "override", "sign", "/v1/overrides/{改色}/signature", NULL, NULL, show_object,
          "以本人账号签字（inspector 或 regulator），即刻生效",
          "an inspector or regulator signs what somebody else asked for: it is in effect"),
    WRITE("POST", "override", "withdraw", "/v1/overrides/{改色}/withdrawal", NULL, NULL,
          show_written, "撤回本人的申请", "takes back what nobody signed yet"),

    LIST("policy", "list", "/v1/policies", only_page, policy_columns, "列出政策",
         "lists policies"),
    {.verb = "policy", .sub = "show", .method = "GET", .path = "/v1/policies/{编号}",
     .run = policy_show_run, .zh = "查看政策全文；--save 文件.json 只存政策文件，可再检查、再提交",
     .en = "shows a policy; --save FILE.json keeps its document, to be checked or posted"},
    {.verb = "policy", .sub = "check", .path = "/{文件…}", .options = policy_check,
     .alone = policy_check_main, .zh = "检查政策文件：矛盾、缺口、用不到的规则（无需服务器）",
     .en = "looks for contradictions, gaps and dead rules in policy files, without a server"},
    {.verb = "policy", .sub = "post", .method = "POST", .path = "/v1/policies/" FILE_ARGUMENT,
     .body_is_file = true, .writes = true, .show = draft_show, .zh = "提交政策草案",
     .en = "posts a draft"},
    {.verb = "policy", .sub = "trial", .method = "POST", .path = "/v1/policies/{编号}/trial",
     .writes = true, .fixed = "{}", .options = policy_trial, .run = policy_trial_run,
     .zh = "试行：谁会变色、为什么", .en = "tries it on everybody: who changes colour, and why"},
    GET("policy", "findings", "/v1/policies/{编号}/findings", NULL, NULL, findings_show,
        "检查草案：须先修改之处", "what must be mended in a draft before it can be approved"),
    POLICY_MOVE("approve", NULL, "{\"state\":\"approved\"}", "批准", "approves it"),
    POLICY_MOVE("enforce", policy_enforce, "{\"state\":\"in_force\"}",
                "施行（由他人提交的草案，或由另一账号批准的内置草案）",
                "puts it in force; a shipped draft, another account than approved it"),
    POLICY_MOVE("retire", NULL, "{\"state\":\"retiring\"}", "申请废止（由另一人确认）",
                "asks to retire it; another account ends it"),
    POLICY_MOVE("end", NULL, "{\"state\":\"retired\"}",
                "确认废止，自今日起失效；此前各日仍按它判定",
                "retires it from today on; earlier days are still judged by it"),
    POLICY_MOVE("keep", NULL, "{\"state\":\"in_force\"}", "不予废止，继续施行",
                "keeps it in force after all"),

    LIST("holidays", "list", "/v1/holidays", holiday_list, holiday_columns,
         "列出各年节假日与调休安排", "lists the calendars of working days"),
    {.verb = "holidays", .sub = "post", .method = "POST", .path = "/v1/holidays/" FILE_ARGUMENT,
     .body_is_file = true, .writes = true, .show = show_object,
     .zh = "提交一年的节假日安排（JSON 文件）", .en = "posts a year's calendar (JSON file)"},

    WRITE("POST", "webhook", "add", "/v1/webhooks", webhook_add, NULL, show_key,
          "登记推送地址；签名密钥只显示一次", "gives an address to be told at; its secret is shown once"),
    LIST("webhook", "list", "/v1/webhooks", only_page, webhook_columns, "列出推送地址",
         "lists them"),
    GET("webhook", "show", "/v1/webhooks/{推送}", NULL, NULL, show_object, "查看推送地址",
        "shows one"),
    WRITE("PATCH", "webhook", "change", "/v1/webhooks/{推送}", webhook_change, NULL, show_written,
          "更改或停用", "changes it or switches it off"),
    WRITE("POST", "webhook", "secret", "/v1/webhooks/{推送}/secret", NULL, NULL, show_key,
          "换发签名密钥，一天内新旧都签", "another secret; for a day both sign"),
    WRITE("POST", "webhook", "test", "/v1/webhooks/{推送}/test", NULL, NULL, show_written,
          "发送测试消息", "sends a test message"),
    WRITE("POST", "webhook", "retry", "/v1/webhooks/{推送}/retry", NULL, NULL, show_written,
          "重发已放弃的消息", "sends anew what was given up"),
    LIST("webhook", "deliveries", "/v1/webhooks/{推送}/deliveries", delivery_list,
         delivery_columns, "每条消息送到没有", "what became of each message"),
    WRITE("POST", "reminder", "run", "/v1/reminders", NULL, NULL, show_object,
          "现在就查找今天的到期提醒", "looks for the day's reminders now"),

    LIST("audit", "list", "/v1/audit", audit_list, audit_columns, "谁做了什么", "who did what"),
    GET("trust", "show", "/v1/trust", NULL, NULL, show_raw, "验码公钥（供 jianan code verify）",
        "the keys by which codes are verified"),
    {.verb = "trust", .sub = "signed", .method = "GET", .path = "/v1/trust", .run = trust_signed_run,
     .zh = "根密钥签发的信任列表（二进制，写到标准输出）",
     .en = "the list of keys as a root has signed it, binary, to standard output"},
    {.verb = "trust", .sub = "post", .method = "POST", .path = "/v1/trust/{文件}",
     .body_is_file = true, .writes = true, .prepare = trust_post_prepare, .show = show_object,
     .zh = "发布根密钥签发的信任列表（jianan root sign 的输出）",
     .en = "publishes what jianan root sign has written"},
    {.verb = "doctor", .sub = NULL, .run = doctor_run, .zh = "检查服务器、时钟、密钥与角色",
     .en = "checks server, clock, key and role"},
    {.verb = NULL},
};
