/* Policy documents, and which of them counts for a place on a day. */

import {readFileSync} from 'node:fs';
import {NEVER, dayFromText} from './days.mjs';
import {reading} from './rules.mjs';

export function policyFrom(document) {
    const rules = document.rules.map((rule) => {
        const read = reading(rule);
        if (read === undefined)
            throw new Error(`${document.id}: no rule of kind ${rule.kind} is known here`);
        return read;
    });
    return {
        id: document.id,
        number: document.number,
        semantics: document.semantics,
        region: document.region,
        from: dayFromText(document.effective),
        until: document.until === undefined ? NEVER : dayFromText(document.until),
        exempt: document.exempt_trades ?? [],
        rules,
        neverLifts: rules.flatMap((rule) => rule.neverLifts),
    };
}

export const readPolicy = (path) => policyFrom(JSON.parse(readFileSync(path, 'utf8')));

/* The longest region prefix; of two, the later in effect, then the higher number. */
export function policyFor(policies, region, day) {
    return policies
        .filter((p) => region.startsWith(p.region) && p.from <= day && day < p.until)
        .sort(
            (a, b) => b.region.length - a.region.length || b.from - a.from || b.number - a.number,
        )[0];
}

/* The days on which another document may come to govern the region, in order. */
export function turnsOf(policies, region) {
    const days = policies
        .filter((p) => region.startsWith(p.region))
        .flatMap((p) => [p.from, p.until]);
    return [...new Set(days)].sort((a, b) => a - b);
}
