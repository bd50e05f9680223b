/* Rules about papers, decisions and the place: certificates, agreements, bans, the site's and the
 * firm's state, overrides (rules.mjs says what each function gives). */

import {addMonths} from './days.mjs';
import {counts, one, runs, statement} from './parts.mjs';

export function certificate(rule) {
    const said = {};
    for (const scope of ['trade', 'role'])
        said[scope] = {
            none: statement('CERT_NONE', rule.none, scope, true),
            expired: statement('CERT_EXPIRED', rule.expired, scope),
            suspended: statement('CERT_SUSPENDED', rule.suspended, scope),
        };
    const blocked = rule.blocked_by;

    const fits = (c, need) =>
        need.types.includes(c.type) &&
        need.issuers.includes(c.issuer) &&
        (need.classes === undefined || need.classes.includes(c.class));
    /* A word that it is valid takes back what was said before, for good. */
    function isSuspended(worker, c, day) {
        const said = worker.statuses.filter((s) => s.number === c.number && s.on <= day);
        return said
            .slice(said.findLastIndex((s) => s.status === 'valid') + 1)
            .some((s) => runs(s, day));
    }
    const isBlocked = (worker, day) =>
        blocked !== undefined &&
        worker.violations.filter(
            (v) =>
                counts(v, day, blocked.window_months) &&
                (blocked.classes === undefined || blocked.classes.includes(v.class)),
        ).length >= blocked.violations;

    function judge(worker, needs, day, scope) {
        let wasGood = false,
            wasSuspended = false;
        for (const c of worker.certificates) {
            for (const need of needs) {
                if (c.on > day || !fits(c, need)) continue;
                const end =
                    need.months === undefined
                        ? c.until
                        : Math.min(c.until, addMonths(c.on, need.months));
                if (isSuspended(worker, c, day) || (scope === 'trade' && isBlocked(worker, day)))
                    wasSuspended = true;
                else if (day >= end) wasGood = true;
                else return [];
            }
        }
        return [said[scope][wasSuspended ? 'suspended' : wasGood ? 'expired' : 'none']];
    }
    return {
        reads: ['certificates', 'statuses', 'violations'],
        months: [blocked?.window_months, ...rule.needs.map((need) => need.months)],
        says(worker, context, day) {
            const ask = (scope, list) => {
                const needs = rule.needs.filter((need) => need[list]?.includes(context?.[scope]));
                return needs.length > 0 ? judge(worker, needs, day, scope) : [];
            };
            return [...ask('trade', 'trades'), ...ask('role', 'roles')];
        },
    };
}

export function agreement(rule) {
    const none = statement('NO_CONTRACT', rule.missing, 'person', true);
    const ended = statement('NO_CONTRACT', rule.missing, 'person');
    return {
        reads: ['agreements'],
        says(worker, context, day) {
            const begun = worker.agreements.filter((a) => a.on <= day);
            return begun.some((a) => runs(a, day)) ? [] : [begun.length > 0 ? ended : none];
        },
    };
}

/* -- decisions, and the place ------------------------------------------------ */

export function ban(rule) {
    const scopes = {industry: 'person', role: 'role', trade: 'trade', site: 'site'};
    const banned = Object.fromEntries(
        Object.entries(scopes).map(([of, scope]) => [
            of,
            statement('POST_BAN', rule.colour, scope),
        ]),
    );
    return {
        reads: ['bans'],
        says(worker, context, day) {
            const hit = (of) =>
                worker.bans.some(
                    (b) =>
                        b.scope === of &&
                        runs(b, day) &&
                        (of === 'industry' || (context !== null && b.subject === context[of])),
                );
            return Object.keys(scopes)
                .filter(hit)
                .map((of) => banned[of]);
        },
    };
}

export function siteState(rule) {
    const said = {
        stopped: statement('SITE_STOPPED', rule.stopped, 'site'),
        closed: statement('SITE_STOPPED', rule.closed, 'site'),
    };
    return {reads: [], says: (worker, context) => one(said[context?.site_state] ?? null)};
}

export function permit(rule) {
    const said = Object.fromEntries(
        ['none', 'suspended', 'revoked', 'expired'].map((state) => [
            state,
            statement('ENT_PERMIT', rule[state], 'site'),
        ]),
    );
    return {reads: [], says: (worker, context) => one(said[context?.org_permit] ?? null)};
}

/* A signed decision: the one that began last, of one day the later recorded. It is told even when
 * it is green. */
export function override(rule) {
    const said = Object.fromEntries(
        ['green', 'yellow', 'red'].map((colour) => [
            colour,
            {code: 'OVERRIDE', colour, scope: 'person', missing: false, decides: true},
        ]),
    );
    return {
        reads: ['overrides'],
        neverLifts: rule.never_lifts ?? [],
        says(worker, context, day) {
            const isGood = (o) => runs(o, day) && o.signed_by.length >= rule.signers;
            const last = worker.overrides.findLast(isGood);
            return last === undefined ? [] : [said[last.colour]];
        },
    };
}
