/* What a record of each kind may hold, field by field, and how a value is read.
 *
 * Everything is kept in the words of the line ("030", "special_operation"); only dates become day
 * numbers and instants microseconds since 1970. A place or a person named by a number and one named
 * by a text are never the same, so ids are kept as they came. */

import {dayFromText, monthLength} from './days.mjs';

export class Refusal extends Error {
    constructor(code, field = null) {
        super(code);
        this.code = code;
        this.field = field;
    }
}

export const refuse = (code, field) => {
    throw new Refusal(code, field);
};
export const pointer = (key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

const TRADES = new Set([
    10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200, 210,
    220, 230, 240, 250, 270, 280, 290, 300, 310, 320, 330, 340, 350, 360, 380, 390, 900, 1000,
]);
export const tradeText = (code) => String(code).padStart(3, '0');
export const trades = [...TRADES].map(tradeText);

export const roles = [
    'worker',
    'manager',
    'project_manager',
    'safety_officer',
    'supervisor',
    'head',
];
export const trainingTypes = [
    'entry_company',
    'entry_project',
    'entry_team',
    'site_entry',
    'annual',
    'quarterly',
    'monthly',
    'transfer',
    'idle',
    'continuing',
    'off_job',
    'pre_shift',
    'drill',
];
export const hazards = [
    'height',
    'electric',
    'heat',
    'noise',
    'dust',
    'confined',
    'heavy',
    'vehicle',
];
export const conclusions = [
    'no_abnormality',
    'recheck',
    'suspected_occupational',
    'contraindicated',
    'unfit',
    'other',
];
export const certificateTypes = ['special_operation', 'A', 'B', 'C1', 'C2', 'C3', 'other'];
export const issuers = ['housing', 'emergency', 'other'];

export const SITE_MAX = 2 ** 31 - 1,
    ID_MAX = 2 ** 53,
    VERSION_MAX = 2 ** 31 - 1;
const PERIOD_MAX = 240;

/* -- one value: each takes it and the field's name, and gives what is kept --- */

export const isObject = (v) => typeof v === 'object' && v !== null && !Array.isArray(v);

export const integer = (min, max) => (v, at) => {
    if (!Number.isInteger(v)) refuse('field_type', at);
    return v >= min && v <= max ? v : refuse('field_range', at);
};

export const choice = (words) => (v, at) => {
    if (typeof v !== 'string') refuse('field_type', at);
    return words.includes(v) ? v : refuse('field_choice', at);
};

const choices = (words) => (v, at) => {
    if (!Array.isArray(v)) refuse('field_type', at);
    v.forEach((word, i) => words.includes(word) || refuse('field_choice', `${at}/${i}`));
    return v;
};

const bool = (v, at) => (typeof v === 'boolean' ? v : refuse('field_type', at));

export const date = (v, at) => {
    if (typeof v !== 'string') refuse('field_type', at);
    return dayFromText(v) ?? refuse('date_invalid', at);
};

export const id = (max) => (v, at) =>
    typeof v === 'string' && v.length > 0 && Buffer.byteLength(v) <= 64
        ? v
        : integer(1, max)(v, at);

export const trade = (v, at) => {
    if (typeof v !== 'string' && !Number.isInteger(v)) refuse('field_type', at);
    return trades.includes(v) ? v : TRADES.has(v) ? tradeText(v) : refuse('field_choice', at);
};

const category = (v, at) => {
    if (typeof v !== 'string') refuse('field_type', at);
    return /^0?7\.(0[1-9]|1[0-3])$/.test(v)
        ? v.padStart(5, '0')
        : refuse('field_choice', at);
};

const certificateClass = (v, at) => {
    if (typeof v !== 'string') refuse('field_type', at);
    return /^[0-9]{2}$/.test(v) && v !== '00' ? v : refuse('field_choice', at);
};

const secret = (max) => (v, at) => {
    if (typeof v !== 'string') refuse('field_type', at);
    if (/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff]/.test(v))
        refuse('field_text', at);
    if (v.length === 0 || [...v].length > max) refuse('field_length', at);
    return v.trim() === v ? v : refuse('field_text', at);
};

const signers = (v, at) => {
    if (!Array.isArray(v) || v.length !== 2) refuse('field_type', at);
    v.forEach((one) => id(ID_MAX)(one, at));
    return v[0] !== v[1] ? v : refuse('field_choice', at);
};

/* What is banned: nothing further for the whole industry, else a role, a trade or a site. */
const subject = (v, at, record) => {
    if (record.scope === 'industry') refuse('field_unknown', at);
    const read = {role: choice(roles), trade, site: id(SITE_MAX)}[record.scope];
    return read(v, at);
};

/* RFC 3339 with an offset, as microseconds since 1970. */
const RFC3339 =
    /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

export function instant(text) {
    const m = RFC3339.exec(text);
    if (m === null) return undefined;
    const year = +m[1],
        month = +m[2],
        date = +m[3],
        hour = +m[4],
        minute = +m[5],
        second = +m[6];
    const offsetHour = +(m[9] ?? 0),
        offsetMinute = +(m[10] ?? 0);
    if (
        year < 1900 ||
        month < 1 ||
        month > 12 ||
        date < 1 ||
        date > monthLength(year, month) ||
        hour > 23 ||
        minute > 59 ||
        second > 59 ||
        offsetHour > 23 ||
        offsetMinute > 59
    )
        return undefined;
    const offset = (offsetHour * 60 + offsetMinute) * (m[8] === '-' ? -60000 : 60000);
    const micros = m[7] === undefined ? 0 : +m[7].padEnd(6, '0').slice(0, 6);
    return (Date.UTC(year, month - 1, date, hour, minute, second) - offset) * 1000 + micros;
}

/* -- the kinds of record: [reader, must be there] ---------------------------- */

const must = true;
const kinds = {
    identity: {
        birth_date: [date, must],
        sex: [choice(['M', 'F']), must],
        document_type: [integer(1, 99)],
    },
    exam: {
        conclusion: [choice(conclusions), must],
        contraindicated_for: [choices(hazards)],
        valid_until: [date],
    },
    training: {
        type: [choice(trainingTypes), must],
        hours: [integer(0, 255), must],
        score: [integer(0, 100)],
        passed: [bool, must],
        site: [id(SITE_MAX)],
    },
    study: {points: [integer(1, 1000), must]},
    violation: {
        class: [choice(['command', 'operation', 'discipline']), must],
        category: [category, must],
        severity: [integer(1, 4), must],
        off_job_training: [bool],
        site: [id(SITE_MAX)],
    },
    rectification: {of: [integer(1, VERSION_MAX), must]},
    certificate: {
        type: [choice(certificateTypes), must],
        class: [certificateClass],
        number: [secret(64), must],
        issuer: [choice(issuers), must],
        valid_from: [date, must],
        valid_until: [date, must],
    },
    certificate_status: {
        number: [secret(64), must],
        status: [choice(['valid', 'suspended', 'revoked']), must],
        from: [date, must],
        until: [date],
        months: [integer(1, PERIOD_MAX)],
    },
    ban: {
        scope: [choice(['industry', 'role', 'trade', 'site']), must],
        subject: [subject],
        from: [date, must],
        until: [date],
        months: [integer(1, PERIOD_MAX)],
        basis: [secret(500), must],
    },
    agreement: {
        type: [choice(['labour_contract', 'written_agreement']), must],
        from: [date, must],
        until: [date],
    },
    engagement: {
        org: [id(ID_MAX), must],
        site: [id(SITE_MAX), must],
        trade: [trade, must],
        role: [choice(roles), must],
        team: [secret(60)],
        from: [date],
    },
    engagement_end: {
        of: [integer(1, VERSION_MAX)],
        org: [id(ID_MAX)],
        site: [id(SITE_MAX)],
        trade: [trade],
        role: [choice(roles)],
        until: [date],
    },
    override: {
        colour: [choice(['green', 'yellow', 'red']), must],
        from: [date, must],
        until: [date, must],
        evidence: [secret(500), must],
        signed_by: [signers, must],
    },
    star: {points: [integer(1, 1000), must]},
    supersede: {of: [integer(1, VERSION_MAX), must]},
    consent: {scope: [choice(['health', 'biometric', 'location']), must], given: [bool, must]},
    merge: {into: [id(ID_MAX), must]},
};
const hashed = ['number', 'basis', 'team', 'evidence'];
const common = ['kind', 'occurred_on', 'recorded_at', 'version', 'by', 'org'];
export const given = (v) => v !== undefined && v !== null;

/* By kind: its fields in order, and every key that it may have. */
export const forms = new Map(
    Object.entries(kinds).map(([kind, fields]) => [
        kind,
        {
            fields: Object.entries(fields).map(([name, [read, isMust]]) => ({
                name,
                read,
                isMust,
                at: `/${name}`,
                hash: hashed.includes(name) ? `${name}_hash` : undefined,
            })),
            keys: new Set([
                ...common,
                ...Object.keys(fields),
                ...hashed.filter((name) => name in fields).map((name) => `${name}_hash`),
            ]),
        },
    ]),
);
