/* The verdict of a day: colours, reasons with since and until, the next change. */

import {FIRST, NEVER, UNKNOWN} from './days.mjs';
import {everyDay, turningDays} from './turns.mjs';

const rank = {none: -1, green: 0, yellow: 1, red: 2};
const scopes = ['person', 'trade', 'role', 'site'];
const worst = (colours) => colours.reduce((a, b) => (rank[b] > rank[a] ? b : a), 'green');
const isSame = (a, b) => a.length === b.length && a.every((s) => b.includes(s));
const has = (says, s) =>
    says.some((t) => t.code === s.code && t.colour === s.colour && t.scope === s.scope);

/* What a rule says over all days: [{from, says}], neighbours that say the same made one. */
function timeline(rule, worker, context, isEveryDay) {
    const line = [];
    for (const day of isEveryDay ? everyDay() : turningDays(rule, worker)) {
        const says = rule.says(worker, context, day);
        if (line.length === 0 || !isSame(line[line.length - 1].says, says))
            line.push({from: day, says});
    }
    return line;
}

const placeOf = (line, day) => line.findLastIndex((span) => span.from <= day);

/* How long, around the day, the rule says this without a break. */
function runOf(line, day, said) {
    let first = placeOf(line, day),
        last = first;
    while (first > 0 && has(line[first - 1].says, said)) first--;
    while (last + 1 < line.length && has(line[last + 1].says, said)) last++;
    return {since: line[first].from, until: last + 1 < line.length ? line[last + 1].from : NEVER};
}

/* A decision in force takes the place of what is said of the person, but for what none lifts. */
function personColour(said, neverLifts) {
    const ofPerson = said.filter((s) => s.scope === 'person');
    const decision = ofPerson.find((s) => s.decides);
    return worst(
        ofPerson
            .filter((s) => decision === undefined || s === decision || neverLifts.includes(s.code))
            .map((s) => s.colour),
    );
}

function coloursOf(said, policy, context) {
    const person = personColour(said, policy.neverLifts);
    if (context === null || policy.exempt.includes(context.trade)) return [person, 'none'];
    return [
        person,
        worst([person, ...said.filter((s) => s.scope !== 'person').map((s) => s.colour)]),
    ];
}

/* What is wanting for lack of a fact does not begin before there was a worker to lack it. */
function sinceOf(said, since, worker, on) {
    if (said.missing && worker.enrolled !== undefined)
        since = Math.max(since, Math.min(worker.enrolled, on));
    return since === FIRST ? UNKNOWN : since;
}

const inOrder = (a, b) =>
    rank[b.colour] - rank[a.colour] ||
    (a.code < b.code ? -1 : a.code > b.code ? 1 : 0) ||
    scopes.indexOf(a.scope) - scopes.indexOf(b.scope);

export function verdict(worker, context, policy, on, isEveryDay = false) {
    const lines = policy.rules.map((rule) => timeline(rule, worker, context, isEveryDay));
    const saidOn = (day) => lines.flatMap((line) => line[placeOf(line, day)].says);
    const [person, here] = coloursOf(saidOn(on), policy, context);

    const reasons = lines
        .flatMap((line) =>
            line[placeOf(line, on)].says.map((s) => {
                const run = runOf(line, on, s);
                return {
                    code: s.code,
                    colour: s.colour,
                    scope: s.scope,
                    since: sinceOf(s, run.since, worker, on),
                    until: run.until,
                };
            }),
        )
        .sort(inOrder);

    const turns = [...new Set(lines.flatMap((line) => line.map((span) => span.from)))]
        .filter((day) => day > on)
        .sort((a, b) => a - b);
    const next = turns.find((day) => {
        const [p, h] = coloursOf(saidOn(day), policy, context);
        return p !== person || h !== here;
    });
    return {person, here, reasons, next: next ?? NEVER};
}

/* The same, told past the ends of the document of that day: `speaks(day)` is what the document of
 * another day says then (undefined: there is none), `turns` the days on which documents change.
 * Before the first document nothing is known to be otherwise. */
export function carried(v, on, turns, speaks) {
    const told = {...v, reasons: v.reasons.map((r) => ({...r}))};
    const again = (then, r) => then?.reasons.find((t) => has([t], r));
    for (const day of turns.filter((turn) => turn > on)) {
        const then = speaks(day);
        if (told.next >= day)
            told.next = then?.person === v.person && then?.here === v.here ? then.next : day;
        for (const r of told.reasons.filter(({until}) => until >= day))
            r.until = again(then, r)?.until ?? day;
    }
    for (const day of turns.filter((turn) => turn <= on && turn > FIRST).reverse()) {
        const before = speaks(day - 1);
        if (before === undefined) break;
        for (const r of told.reasons.filter(({since}) => since <= day))
            r.since = again(before, r)?.since ?? day;
    }
    return told;
}
