/* What a worker's records say once corrections have been applied: the things that happened and the
 * periods that run, each list in order of its day, then as recorded. */

import {NEVER, addMonths} from './days.mjs';
import {Refusal} from './fields.mjs';

/* Versions that no longer count. From the newest down: a correction that was itself taken back
 * takes nothing back. */
function superseded(records) {
    const gone = new Set();
    for (const r of [...records].sort((a, b) => b.version - a.version))
        if (r.kind === 'supersede' && !gone.has(r.version)) gone.add(r.of);
    return gone;
}

/* A record may name only an earlier one, of the kind that fits. */
function checkNames(records) {
    const kindOf = new Map();
    for (const r of records) {
        if (kindOf.has(r.version))
            throw new Refusal('already_exists', `/records/${r.index}/version`);
        kindOf.set(r.version, r.kind);
    }
    const fits = {rectification: 'violation', engagement_end: 'engagement'};
    const naming = (kind) =>
        records
            .filter((r) => r.kind === kind && r.of !== undefined)
            .sort((a, b) => a.version - b.version);
    const corrections = naming('supersede').reverse(); // the order in which wrong ones are told
    for (const r of [...corrections, ...naming('rectification'), ...naming('engagement_end')]) {
        const kind = kindOf.get(r.of);
        if (kind === undefined || r.of >= r.version || (fits[r.kind] ?? kind) !== kind)
            throw new Refusal('version_unknown', `/records/${r.index}/of`);
    }
}

/* An end ends the engagement it names, or all open ones that match whatever it states. */
function engagementsOf(records) {
    const all = [];
    for (const r of records) {
        if (r.kind === 'engagement')
            all.push({
                on: r.from ?? r.occurred_on,
                until: NEVER,
                org: r.org,
                site: r.site,
                trade: r.trade,
                role: r.role,
                version: r.version,
            });
        if (r.kind !== 'engagement_end') continue;
        const stated = ['org', 'site', 'trade', 'role'].filter((name) => r[name] !== undefined);
        for (const e of all) {
            const isMeant =
                r.of !== undefined
                    ? e.version === r.of
                    : e.until === NEVER && stated.every((name) => e[name] === r[name]);
            if (isMeant) e.until = Math.max(e.on, r.until ?? r.occurred_on);
        }
    }
    return all;
}

const starts = {
    certificate: 'valid_from',
    certificate_status: 'from',
    ban: 'from',
    agreement: 'from',
    override: 'from',
};
const ends = {exam: 'valid_until', certificate: 'valid_until'};
const lists = {
    exam: 'exams',
    training: 'trainings',
    study: 'studies',
    violation: 'violations',
    certificate: 'certificates',
    certificate_status: 'statuses',
    ban: 'bans',
    agreement: 'agreements',
    override: 'overrides',
    star: 'stars',
};

/* What had been recorded by an instant: in order of version, everything up to the last record of
 * that instant or an earlier one, whatever clocks said in between. */
export function knownAt(records, at) {
    const last = Math.max(0, ...records.filter((r) => r.recorded_at <= at).map((r) => r.version));
    return records.filter((r) => r.version <= last);
}

/* Throws a Refusal when records name what is not there. */
export function workerOf(records) {
    checkNames(records);
    const gone = superseded(records);
    const live = records.filter((r) => !gone.has(r.version)).sort((a, b) => a.version - b.version);
    const worker = {
        birth: undefined,
        sex: undefined,
        enrolled: undefined,
        newest: Math.max(0, ...records.map((r) => r.occurred_on)),
    };
    for (const list of Object.values(lists)) worker[list] = [];
    for (const r of records)
        // a correction does not move the enrolment
        if (r.kind === 'identity')
            worker.enrolled = Math.min(worker.enrolled ?? NEVER, r.occurred_on);
    for (const r of live) {
        if (r.kind === 'identity') {
            worker.birth = r.birth_date;
            worker.sex = r.sex;
        } else if (lists[r.kind] !== undefined) {
            r.on = r[starts[r.kind] ?? 'occurred_on'];
            r.until =
                r[ends[r.kind] ?? 'until'] ?? (starts[r.kind] === undefined ? undefined : NEVER);
            worker[lists[r.kind]].push(r);
        }
    }
    worker.engagements = engagementsOf(live).filter((e) => e.until > e.on);
    for (const list of [...Object.values(lists), 'engagements'])
        worker[list].sort((a, b) => a.on - b.on || a.version - b.version);
    return worker;
}

/* -- the horizon ------------------------------------------------------------- */

const HORIZON_MONTHS = 60,
    BRIEFING_DAYS = 31;
const ENDLESS = [
    'entry_company',
    'entry_project',
    'entry_team',
    'site_entry',
    'transfer',
    'off_job',
];

const isEndless = {
    trainings: (t) => t.passed && ENDLESS.includes(t.type),
    violations: (v) => v.off_job_training === true,
    bans: () => true,
    certificates: () => true,
    statuses: () => true,
    engagements: () => true,
};

/* The first day on which it is over. */
const endOf = (thing) => Math.max(thing.on + 1, thing.until ?? 0);

/* Of what is left out, what tells that there was one. */
function newestOf(list, left) {
    if (list === 'exams') return left.slice(-1);
    const byType = new Map();
    if (list === 'trainings')
        left.filter((t) => t.passed && t.type !== 'pre_shift').forEach((t) =>
            byType.set(t.type, t),
        );
    return [...byType.values()];
}

/* What was over 60 months before the reference day is left out, but for what no passing of time
 * ends. The reference day is that of the newest record, but none after the day asked about. */
export function withinHorizon(worker, on) {
    const reference = Math.min(worker.newest, on),
        oldest = addMonths(reference, -HORIZON_MONTHS);
    const isRecent = (thing) =>
        thing.type === 'pre_shift' ? thing.on > reference - BRIEFING_DAYS : endOf(thing) > oldest;
    const kept = {...worker};
    for (const list of [...Object.values(lists), 'engagements']) {
        const stays = (thing) => isRecent(thing) || isEndless[list]?.(thing);
        const newest = newestOf(
            list,
            worker[list].filter((thing) => !stays(thing)),
        );
        kept[list] = worker[list].filter((thing) => stays(thing) || newest.includes(thing));
    }
    return kept;
}
