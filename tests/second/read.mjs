/* Reads one line of `jianan score`: an object with an id, a region, a context and records. */

import {LAST, addMonths} from './days.mjs';
import {
    ID_MAX,
    Refusal,
    SITE_MAX,
    VERSION_MAX,
    choice,
    date,
    forms,
    given,
    id,
    instant,
    integer,
    isObject,
    pointer,
    refuse,
    roles,
    trade,
} from './fields.mjs';

function orderOfDates(r) {
    const [from, until, at] =
        r.kind === 'certificate'
            ? [r.valid_from, r.valid_until, '/valid_until']
            : [r.from, r.until, '/until'];
    if (r.kind !== 'engagement_end' && given(until) && given(from) && until <= from)
        refuse('date_order', at);
}

/* Some periods are said in months: the first day is not counted, and the period ends with the
 * corresponding day (Civil Code 201-202), so the first free day is the one after it. */
function untilFromMonths(r) {
    if (r.months === undefined) return;
    if (r.until !== undefined) refuse('field_unknown', '/months');
    const last = addMonths(r.from, r.months);
    r.until = last < LAST ? last + 1 : refuse('field_range', '/months');
}

function whole(r) {
    if (r.kind === 'certificate' && r.type === 'special_operation' && r.class === undefined)
        refuse('field_missing', '/class');
    if (r.kind === 'ban' && r.scope !== 'industry' && r.subject === undefined)
        refuse('field_missing', '/subject');
    if (r.kind === 'engagement_end' && ![r.of, r.org, r.site].some(given))
        refuse('field_missing', '/of');
    untilFromMonths(r);
    orderOfDates(r);
    return r;
}

function readRecord(v) {
    if (!isObject(v)) refuse('json_object', null);
    if (v.kind === undefined) refuse('field_missing', '/kind');
    const form = forms.get(v.kind) ?? refuse('field_choice', '/kind');
    const r = {kind: v.kind, on: 0, until: undefined, version: undefined};
    r.occurred_on = date(v.occurred_on ?? refuse('field_missing', '/occurred_on'), '/occurred_on');
    const at = v.recorded_at ?? refuse('field_missing', '/recorded_at');
    if (typeof at !== 'string') refuse('field_type', '/recorded_at');
    r.recorded_at = instant(at) ?? refuse('time_invalid', '/recorded_at');
    if (given(v.version)) r.version = integer(1, VERSION_MAX)(v.version, '/version');
    for (const name of ['by', 'org']) if (given(v[name])) r[name] = id(ID_MAX)(v[name], `/${name}`);
    for (const key of Object.keys(v))
        if (!form.keys.has(key)) refuse('field_unknown', pointer(key));
    for (const field of form.fields) readField(field, v, r);
    return whole(r);
}

/* A number on paper may come as text or as its hash, but not both ways. */
function readField({name, read, isMust, at, hash}, v, r) {
    if (hash !== undefined && given(v[hash])) {
        if (given(v[name])) refuse('field_unknown', at);
        if (typeof v[hash] !== 'string' || !/^[0-9a-f]{32}$/.test(v[hash]))
            refuse('field_type', `${at}_hash`);
        r[name] = `hash ${v[hash].slice(0, 8)}`;
    } else if (given(v[name])) {
        r[name] = read(v[name], at, r);
    } else if (isMust) {
        refuse('field_missing', at);
    }
}

/* -- the line ---------------------------------------------------------------- */

function knownKeys(v, keys, parent) {
    for (const key of Object.keys(v))
        if (!keys.includes(key)) refuse('field_unknown', parent + pointer(key));
}

function readContext(v) {
    if (!isObject(v)) refuse('field_type', '/context');
    const read = {
        trade,
        site: (value, at) =>
            typeof value === 'string' && value.length === 0
                ? refuse('field_type', at)
                : id(SITE_MAX)(value, at),
        role: choice(roles),
        site_state: choice(['open', 'stopped', 'closed']),
        org_permit: choice(['none', 'valid', 'suspended', 'revoked', 'expired']),
    };
    knownKeys(v, Object.keys(read), '/context');
    const context = {};
    for (const name of Object.keys(read))
        if (given(v[name])) context[name] = read[name](v[name], `/context/${name}`);
    return context;
}

function readRecords(v) {
    if (!given(v)) refuse('field_missing', '/records');
    if (!Array.isArray(v)) refuse('field_type', '/records');
    const records = v.map((one, i) => {
        try {
            return readRecord(one);
        } catch (e) {
            if (e instanceof Refusal) e.field = `/records/${i}${e.field ?? ''}`;
            throw e;
        }
    });
    records.forEach((r, i) => {
        r.index = i;
    });
    return number(records);
}

/* Records that state no version get theirs by when they were recorded, then by their place. */
function number(records) {
    if (records.every((r) => r.version !== undefined)) return records;
    if (records.some((r) => r.version !== undefined))
        refuse(
            'field_missing',
            `/records/${records.findIndex((r) => r.version === undefined)}/version`,
        );
    const order = [...records].sort((a, b) => a.recorded_at - b.recorded_at || a.index - b.index);
    order.forEach((r, i) => {
        r.version = i + 1;
    });
    return records;
}

export function readLine(text) {
    let v;
    try {
        v = JSON.parse(text);
    } catch {
        refuse('json_syntax', null);
    }
    if (!isObject(v)) refuse('json_object', null);
    knownKeys(v, ['id', 'region', 'context', 'records'], '');
    if (!given(v.id)) refuse('field_missing', '/id');
    if (typeof v.id !== 'string' && !Number.isInteger(v.id)) refuse('field_type', '/id');
    if (typeof v.id === 'string' && Buffer.byteLength(v.id) > 256) refuse('field_length', '/id');
    const region = v.region ?? undefined;
    if (region !== undefined && typeof region !== 'string') refuse('field_type', '/region');
    if (region !== undefined && !/^([0-9]{2}){0,3}$/.test(region)) refuse('field_choice', '/region');
    const context = given(v.context) ? readContext(v.context) : null;
    return {id: v.id, region, context, records: readRecords(v.records)};
}
