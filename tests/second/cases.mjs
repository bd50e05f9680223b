/* Makes cases for `jianan score`: records of every kind, dated where something turns.
 *
 * A setting is what a bundle of cases shares: {on, knownAt?, policies (documents)}. Dates are
 * drawn from the day asked about, from other dates of the same case and from ends of months,
 * quarters and years, moved by the numbers of months that the policies name, and one day to
 * either side. About one line in forty is spoiled. */

import {FIRST, addMonths, dayFromText, periodStart, textFromDay} from './days.mjs';
import {
    certificateTypes,
    conclusions,
    hazards,
    issuers,
    roles,
    trades,
    trainingTypes,
} from './fields.mjs';
import {spoilers} from './spoil.mjs';

const SITES = ['S1', 'S2', 1, 2],
    ORGS = ['labour-1', 7],
    NUMBERS = ['苏A01', 'A-2'];
const CLASSES = ['01', '02', '03', '04', '08', '10'];
const CATEGORIES = ['7.06', '7.01', '07.06', '7.13'];
/* Six years before the calendar's end: what would lapse after it lapses on its last day. */
const LATEST = dayFromText('2073-06-05');
const within = (day) => Math.min(Math.max(day, FIRST), LATEST);

/* Every number that a document gives under a key with "months" in its name; ages; trades; which
 * certificates are asked for. */
function gather(value, found, key = '') {
    if (typeof value === 'number' && (key.includes('month') || key === 'validity_by_trade'))
        found.months.add(value);
    if (typeof value === 'number' && ['from', 'over', 'below', 'to'].includes(key))
        found.ages.add(value).add(value + 1);
    if (typeof value === 'string' && key === 'trades') found.trades.add(value);
    if (typeof value !== 'object' || value === null || key === 'texts') return;
    if (Array.isArray(value.issuers)) found.needs.push(value);
    for (const [name, one] of Object.entries(value))
        gather(
            one,
            found,
            Array.isArray(value) || key.includes('month') || key === 'validity_by_trade'
                ? key
                : name,
        );
}

export function settingOf(on, knownAt, policies) {
    const found = {
        months: new Set([1, 12]),
        ages: new Set([0, 18]),
        trades: new Set(['030', '130']),
        needs: [],
    };
    policies.forEach((policy) => gather(policy.rules, found));
    return {
        on,
        knownAt,
        regions: policies.map((p) => p.region),
        months: [...found.months],
        ages: [...found.ages],
        trades: [...found.trades],
        needs: found.needs,
    };
}

/* One case in the making. */
class Maker {
    constructor(random, setting) {
        this.random = random;
        this.setting = setting;
        this.days = [setting.on, setting.on, setting.on];
        this.records = [];
        this.site = random.of(SITES);
    }

    /* A day near one at which something turns; kept, so that others fall beside it. */
    day() {
        const {random, setting} = this;
        let day = random.of(this.days);
        const how = random.below(20);
        if (how < 9) day = addMonths(day, random.of(setting.months) * random.of([-1, -1, -1, 1]));
        else if (how < 12)
            day = periodStart(
                day,
                random.of(['month', 'quarter', 'year']),
                random.of([-2, -1, 0, 0, 1]),
            );
        else if (how < 15) day += random.between(-900, 200);
        else if (how < 16) day = addMonths(dayFromText('2024-02-29'), 12 * random.between(-4, 4));
        else if (how === 16 && random.chance(20)) day = random.between(FIRST, LATEST);
        day = within(day + random.of([-1, 0, 0, 0, 1]));
        this.days.push(day);
        return day;
    }

    date() {
        return textFromDay(this.day());
    }

    /* An end after the day, often a round number of months later. */
    endAfter(day) {
        const {random, setting} = this;
        const end = random.chance(60)
            ? addMonths(day, random.of(setting.months)) + random.of([-1, 0, 0, 1])
            : this.day();
        return end > day ? end : day + random.between(1, 400);
    }

    period(from = 'from', until = 'until', openPercent = 30) {
        const first = this.day(),
            end = this.endAfter(first);
        this.days.push(end);
        return {
            [from]: textFromDay(first),
            ...(this.random.chance(openPercent) ? {} : {[until]: textFromDay(end)}),
        };
    }

    sanction() {
        // bans and suspensions may be said in months
        return this.random.chance(70)
            ? this.period()
            : {from: this.date(), months: this.random.of(this.setting.months)};
    }

    birth() {
        const {random, setting} = this;
        if (random.chance(10)) return `${random.of([1956, 1960, 1964, 1968, 2004, 2008])}-02-29`;
        if (random.chance(10))
            return textFromDay(random.between(dayFromText('1945-01-01'), setting.on));
        const years = random.of(setting.ages);
        return textFromDay(
            within(addMonths(random.of(this.days), -12 * years) + random.of([-1, 0, 0, 1])),
        );
    }

    trade() {
        return this.random.chance(70)
            ? this.random.of(this.setting.trades)
            : this.random.of(trades);
    }

    maybe(percent, fields) {
        return this.random.chance(percent) ? fields() : {};
    }

    put(kind, fields, occurredOn) {
        this.records.push({
            kind,
            occurred_on: occurredOn ?? this.date(),
            recorded_at: '',
            ...fields,
        });
        return this.records.length; // its version
    }

    versionOf(kind) {
        const of = this.records.map((r, i) => (r.kind === kind ? i + 1 : 0)).filter((v) => v > 0);
        return of.length > 0 ? this.random.of(of) : 0;
    }
}

/* -- the kinds --------------------------------------------------------------- */

const training = (m, type) =>
    m.put('training', {
        type,
        hours: m.random.of([0, 1, 7, 14, 15, 16, 20, 24, 40]),
        passed: m.random.chance(85),
        ...m.maybe(70, () => ({site: m.random.chance(70) ? m.site : m.random.of(SITES)})),
        ...m.maybe(20, () => ({score: m.random.below(101)})),
    });

const makers = {
    identity: (m) =>
        m.put('identity', {
            birth_date: m.birth(),
            sex: m.random.of(['M', 'F']),
            ...m.maybe(20, () => ({document_type: 1})),
        }),
    exam(m) {
        const conclusion = m.random.chance(40) ? 'no_abnormality' : m.random.of(conclusions);
        m.put('exam', {
            conclusion,
            ...m.maybe(conclusion === 'contraindicated' ? 85 : 10, () => ({
                contraindicated_for: m.random.some(hazards, 3),
            })),
            ...m.maybe(30, () => ({valid_until: m.date()})),
        });
    },
    training: (m) => training(m, m.random.of(trainingTypes)),
    study: (m) => m.put('study', {points: m.random.of([1, 19, 20, 30, 59, 60, 61])}),
    violation: (m) =>
        m.put('violation', {
            class: m.random.of(['command', 'operation', 'discipline']),
            category: m.random.of(CATEGORIES),
            severity: m.random.of([1, 1, 2, 2, 3, 4]),
            ...m.maybe(25, () => ({off_job_training: m.random.chance(80)})),
            ...m.maybe(30, () => ({site: m.site})),
        }),
    rectification(m) {
        const of = m.versionOf('violation');
        if (of > 0) m.put('rectification', {of});
    },
    certificate(m) {
        const {random} = m,
            need = random.chance(75) ? random.of([...m.setting.needs, undefined]) : undefined;
        m.put('certificate', {
            type: random.of(need?.types ?? certificateTypes),
            class: random.of(need?.classes ?? CLASSES),
            number: random.of(NUMBERS),
            issuer: random.of(need?.issuers ?? issuers),
            ...m.period('valid_from', 'valid_until', 0),
        });
    },
    certificate_status: (m) =>
        m.put('certificate_status', {
            number: m.random.of(NUMBERS),
            status: m.random.of(['valid', 'suspended', 'suspended', 'revoked']),
            ...m.sanction(),
        }),
    ban(m) {
        const scope = m.random.of(['industry', 'role', 'trade', 'site']);
        const subject = {
            role: () => m.random.of(roles),
            trade: () => m.trade(),
            site: () => m.random.of(SITES),
        }[scope];
        m.put('ban', {
            scope,
            ...(subject === undefined ? {} : {subject: subject()}),
            basis: '决定书',
            ...m.sanction(),
        });
    },
    agreement: (m) =>
        m.put('agreement', {
            type: m.random.of(['labour_contract', 'written_agreement']),
            ...m.period(),
        }),
    engagement: (m) =>
        m.put('engagement', {
            org: m.random.of(ORGS),
            site: m.random.chance(60) ? m.site : m.random.of(SITES),
            trade: m.trade(),
            role: m.random.of(roles),
            ...m.maybe(80, () => ({from: m.date()})),
            ...m.maybe(10, () => ({team: '一班'})),
        }),
    engagement_end(m) {
        const of = m.versionOf('engagement');
        const stated =
            m.random.chance(50) && of > 0
                ? {of}
                : {
                      ...m.random.of([{org: 7}, {site: m.site}, {org: 7, site: m.site}]),
                      ...m.maybe(30, () => ({trade: m.trade()})),
                      ...m.maybe(20, () => ({role: m.random.of(roles)})),
                  };
        m.put('engagement_end', {...stated, ...m.maybe(60, () => ({until: m.date()}))});
    },
    override: (m) =>
        m.put('override', {
            colour: m.random.of(['green', 'yellow', 'red']),
            ...m.period('from', 'until', 0),
            evidence: '会议纪要',
            signed_by: m.random.of([
                [1, 2],
                ['u1', 'u2'],
                ['u1', 9],
            ]),
        }),
    star: (m) => m.put('star', {points: m.random.between(1, 9)}),
    supersede(m) {
        if (m.records.length > 0) m.put('supersede', {of: m.random.between(1, m.records.length)});
    },
    consent: (m) =>
        m.put('consent', {
            scope: m.random.of(['health', 'biometric', 'location']),
            given: m.random.chance(50),
        }),
    merge: (m) => m.put('merge', {into: m.random.between(1, 99)}),
};

/* How often each kind is drawn. */
const weights = {
    identity: 3,
    exam: 4,
    training: 6,
    study: 3,
    violation: 6,
    rectification: 1,
    certificate: 5,
    certificate_status: 4,
    ban: 2,
    agreement: 2,
    engagement: 3,
    engagement_end: 2,
    override: 2,
    star: 1,
    supersede: 3,
    consent: 1,
    merge: 1,
};
const drawn = Object.entries(weights).flatMap(([kind, weight]) => Array(weight).fill(kind));

/* Somebody who lacks nothing, so that what else happens to him shows. */
function wellDocumented(m) {
    makers.identity(m);
    m.put('exam', {conclusion: 'no_abnormality'});
    for (const type of ['entry_company', 'entry_project', 'entry_team'])
        m.put('training', {type, hours: 20, passed: true, site: m.site});
    m.put('training', {type: 'site_entry', hours: 4, passed: true, site: m.site});
    m.put('study', {points: 60});
    m.put('agreement', {type: 'labour_contract', ...m.period()});
}

/* -- a line ------------------------------------------------------------------ */

const instantText = (ms, micro) => new Date(ms).toISOString().replace('Z', `00${micro}Z`);

/* Versions count up in time, mostly; some instants fall beside the one known_at names. */
function stamp(m) {
    const {random, setting} = m,
        count = m.records.length;
    const pivot =
        setting.knownAt === undefined ? Date.UTC(2026, 0, 1) : Date.parse(setting.knownAt);
    const first = random.between(-count - 1, 1),
        isStrict = random.chance(70);
    m.records.forEach((r, i) => {
        const step = random.chance(97) ? i : random.below(count);
        r.recorded_at = isStrict
            ? instantText(pivot + (first + step) * 1000, random.below(3))
            : instantText(pivot + Math.floor((first + step) / 3) * 1000, 0);
    });
    if (random.chance(50)) {
        m.records.forEach((r, i) => {
            r.version = i + 1;
        });
        if (random.chance(50)) random.shuffle(m.records);
    }
}

function context(m) {
    const {random} = m;
    return {
        ...m.maybe(90, () => ({trade: random.chance(80) ? m.trade() : Number(m.trade())})),
        ...m.maybe(85, () => ({role: random.of(roles)})),
        ...m.maybe(85, () => ({site: m.site})),
        ...m.maybe(70, () => ({site_state: random.of(['open', 'open', 'stopped', 'closed'])})),
        ...m.maybe(70, () => ({
            org_permit: random.of(['valid', 'valid', 'none', 'suspended', 'revoked', 'expired']),
        })),
    };
}

function region(random, setting) {
    const known = random.of(setting.regions);
    return random.chance(80)
        ? `${known}${'099900'.slice(known.length)}`.slice(0, 6)
        : random.of(['', '32', '320900', '110000', known]);
}

export function makeCase(random, setting, id) {
    const m = new Maker(random, setting);
    if (random.chance(45)) wellDocumented(m);
    const more = random.of([0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 8, 20]);
    const favourites = random.chance(50) ? [random.of(drawn), random.of(drawn)] : drawn;
    for (let i = 0; i < more; i++)
        makers[random.chance(70) ? random.of(favourites) : random.of(drawn)](m);
    stamp(m);
    return {
        id,
        ...m.maybe(92, () => ({region: region(random, setting)})),
        ...m.maybe(80, () => ({context: context(m)})),
        records: m.records,
    };
}

export function makeLine(random, setting, id) {
    const one = makeCase(random, setting, id);
    return random.below(40) === 0 ? random.of(spoilers)(random, one) : JSON.stringify(one);
}
