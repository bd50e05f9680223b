#include "clients/cli/record_words.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "clients/cli/show.h"

/* Names of fields, where they differ from those of other objects. */
static const struct {
    const char *field, *zh;
} names[] = {
    {"birth_date", "出生日期"},   {"sex", "性别"},           {"conclusion", "结论"},
    {"contraindicated_for", "禁忌作业"}, {"valid_from", "自"}, {"valid_until", "有效至"},
    {"type", "类型"},             {"hours", "学时"},         {"score", "成绩"},
    {"passed", "合格"},           {"points", "分数"},        {"class", "类别"},
    {"category", "不安全行为"},   {"severity", "程度"},      {"off_job_training", "须离岗培训"},
    {"of", "针对记录"},           {"issuer", "发证机关"},    {"status", "状态"},
    {"from", "起"},               {"until", "止"},           {"months", "期限（月）"},
    {"subject", "对象"},          {"basis", "依据"},         {"trade", "工种"},
    {"role", "岗位"},             {"team", "班组"},          {"evidence", "依据材料"},
    {"signed_by", "签署账号"},    {"given", "同意"},         {"into", "并入"},
};

/* The codes of domain/record_fields.c; tests/unit/test_record_words.c reads both. */
static const struct {
    const char *field, *code, *zh, *en;
} words[] = {
    {"kind", "identity", "身份", NULL},
    {"kind", "exam", "体检", NULL},
    {"kind", "training", "培训", NULL},
    {"kind", "study", "安全学习", NULL},
    {"kind", "violation", "违章", NULL},
    {"kind", "rectification", "整改", NULL},
    {"kind", "certificate", "证书", NULL},
    {"kind", "certificate_status", "证书状态", "certificate status"},
    {"kind", "ban", "禁入", NULL},
    {"kind", "agreement", "劳动合同或协议", NULL},
    {"kind", "engagement", "进场", NULL},
    {"kind", "engagement_end", "退场", "end of engagement"},
    {"kind", "override", "人工裁定", NULL},
    {"kind", "star", "安全行为之星", NULL},
    {"kind", "supersede", "更正", "correction"},
    {"kind", "consent", "同意书", NULL},
    {"kind", "merge", "合并", NULL},
    {"kind", "erasure", "删除个人信息", NULL},
    {"sex", "M", "男", "man"},
    {"sex", "F", "女", "woman"},
    {"conclusion", "no_abnormality", "未见异常", NULL},
    {"conclusion", "recheck", "复查", NULL},
    {"conclusion", "suspected_occupational", "疑似职业病", "suspected occupational disease"},
    {"conclusion", "contraindicated", "职业禁忌证", NULL},
    {"conclusion", "unfit", "不适合上岗", NULL},
    {"conclusion", "other", "其他疾病或异常", NULL},
    {"contraindicated_for", "height", "高处", NULL},
    {"contraindicated_for", "electric", "电工", NULL},
    {"contraindicated_for", "heat", "高温", NULL},
    {"contraindicated_for", "noise", "噪声", NULL},
    {"contraindicated_for", "dust", "粉尘", NULL},
    {"contraindicated_for", "confined", "有限空间", "confined spaces"},
    {"contraindicated_for", "heavy", "重体力", "heavy labour"},
    {"contraindicated_for", "vehicle", "机动车驾驶", "driving"},
    {"type", "entry_company", "公司级三级教育", NULL},
    {"type", "entry_project", "项目级三级教育", NULL},
    {"type", "entry_team", "班组级三级教育", NULL},
    {"type", "site_entry", "进场教育", NULL},
    {"type", "annual", "年度培训", NULL},
    {"type", "quarterly", "季度培训", NULL},
    {"type", "monthly", "月度培训", NULL},
    {"type", "transfer", "转岗培训", NULL},
    {"type", "idle", "复岗培训", "after a long absence"},
    {"type", "continuing", "继续教育", NULL},
    {"type", "off_job", "离岗培训", "off the job"},
    {"type", "pre_shift", "班前教育", NULL},
    {"type", "drill", "应急演练", NULL},
    {"type", "special_operation", "特种作业操作证", NULL},
    {"type", "A", "安全生产考核A证", NULL},
    {"type", "B", "安全生产考核B证", NULL},
    {"type", "C1", "安全生产考核C1证", NULL},
    {"type", "C2", "安全生产考核C2证", NULL},
    {"type", "C3", "安全生产考核C3证", NULL},
    {"type", "other", "其他证书", NULL},
    {"type", "labour_contract", "劳动合同", NULL},
    {"type", "written_agreement", "书面协议", NULL},
    {"class", "command", "违章指挥", "ordered against the rules"},
    {"class", "operation", "违章作业", "worked against the rules"},
    {"class", "discipline", "违反劳动纪律", "broke discipline"},
    /* GB 6441-1986, A.7: unsafe acts */
    {"category", "7.01", "7.01 操作错误、忽视安全、忽视警告", NULL},
    {"category", "7.02", "7.02 造成安全装置失效", NULL},
    {"category", "7.03", "7.03 使用不安全设备", NULL},
    {"category", "7.04", "7.04 手代替工具操作", NULL},
    {"category", "7.05", "7.05 物体存放不当", NULL},
    {"category", "7.06", "7.06 冒险进入危险场所", NULL},
    {"category", "7.07", "7.07 攀、坐不安全位置", NULL},
    {"category", "7.08", "7.08 在起吊物下作业、停留", NULL},
    {"category", "7.09", "7.09 机器运转时加油、修理、检查、调整、焊接、清扫", NULL},
    {"category", "7.10", "7.10 有分散注意力行为", NULL},
    {"category", "7.11", "7.11 忽视使用个人防护用品用具", NULL},
    {"category", "7.12", "7.12 不安全装束", NULL},
    {"category", "7.13", "7.13 对易燃、易爆等危险物品处理错误", NULL},
    {"severity", "1", "轻微", "minor"},
    {"severity", "2", "一般", "general"},
    {"severity", "3", "较重", "serious"},
    {"severity", "4", "严重", "grave"},
    {"issuer", "housing", "住建部门", "housing authority"},
    {"issuer", "emergency", "应急管理部门", "emergency management"},
    {"issuer", "other", "其他机关", NULL},
    {"status", "valid", "有效", NULL},
    {"status", "suspended", "暂扣", NULL},
    {"status", "revoked", "吊销", NULL},
    {"scope", "industry", "全行业", "the whole industry"},
    {"scope", "role", "岗位", NULL},
    {"scope", "trade", "工种", NULL},
    {"scope", "site", "工地", NULL},
    {"scope", "health", "健康信息", NULL},
    {"scope", "biometric", "生物特征", "biometrics"},
    {"scope", "location", "位置", NULL},
    {"role", "worker", "工人", NULL},
    {"role", "manager", "管理人员", NULL},
    {"role", "project_manager", "项目经理", NULL},
    {"role", "safety_officer", "安全员", NULL},
    {"role", "supervisor", "监理", NULL},
    {"role", "head", "企业负责人", NULL},
    {"colour", "green", "绿", NULL},
    {"colour", "yellow", "黄", NULL},
    {"colour", "red", "红", NULL},
    {"", "true", "是", "yes"},
    {"", "false", "否", "no"},
};

const char *record_word(const char *field, const char *code, bool english)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if ((words[i].field[0] == '\0' || strcmp(field, words[i].field) == 0) &&
            strcmp(code, words[i].code) == 0)
            return !english ? words[i].zh : words[i].en != NULL ? words[i].en : code;
    }
    return code;
}

static const char *name_of(const char *field, bool english)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !english; i++) {
        if (strcmp(field, names[i].field) == 0)
            return names[i].zh;
    }
    return show_label(field, english);
}

/* A field's name, without the underscores that a program needs. */
static void put_name(struct build *out, const char *field, bool english)
{
    for (const char *at = name_of(field, english); *at != '\0'; at++)
        build_char(out, *at == '_' ? ' ' : *at);
}

static void put_value(struct build *out, const char *field, const json_t *value, bool english)
{
    char text[64];
    const json_t *one;
    size_t i;

    if (json_is_array(value)) {
        json_array_foreach(value, i, one) {
            if (i > 0)
                build_string(out, english ? ", " : "、");
            put_value(out, field, one, english);
        }
        return;
    }
    show_value(field, value, english, text, sizeof text);
    build_string(out, record_word(field, text, english));
}

void record_body_show(const json_t *body, bool english, char *into, size_t bytes)
{
    struct build out = build_over(into, bytes);
    const char *field;
    json_t *value;
    bool first = true;

    json_object_foreach((json_t *)(uintptr_t)body, field, value) {
        if (!first)
            build_string(&out, english ? "; " : "，");
        first = false;
        put_name(&out, field, english);
        build_char(&out, ' ');
        put_value(&out, field, value, english);
    }
}
