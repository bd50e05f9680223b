/* What the functions of the kinds of rule share. */

import {addMonths} from './days.mjs';

export const statement = (code, colour, scope, missing = false) =>
    colour === 'green' ? null : {code, colour, scope, missing};
export const one = (s) => (s === null ? [] : [s]);

export const worse = {green: 0, yellow: 1, red: 2};
export const runs = (thing, day) => thing.on <= day && day < thing.until;
export const counts = (thing, day, months) => thing.on <= day && day < addMonths(thing.on, months);
export const sum = (list, of) => list.reduce((total, x) => total + of(x), 0);
export const inPeriod = (x, start, end) => x.on >= start && x.on < end;

/* A rule for certain trades or roles speaks only where one of them is asked about. */
export function audience(rule) {
    if (rule.trades !== undefined)
        return {scope: 'trade', meets: (context) => rule.trades.includes(context?.trade)};
    if (rule.roles !== undefined)
        return {scope: 'role', meets: (context) => rule.roles.includes(context?.role)};
    return {scope: 'person', meets: () => true};
}

export const passed = (worker, types, day) =>
    worker.trainings.filter((t) => t.passed && types.includes(t.type) && t.on <= day);
export const hoursOf = (list) => sum(list, (t) => t.hours);
