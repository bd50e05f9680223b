/* A second `jianan score`, written from the specification alone (README.md):
 *
 *   node score.mjs --policy FILE [--policy FILE …] --on DATE [--known-at TIME] < cases > verdicts
 *
 * --every-day asks about each day of the calendar instead of the days on which something may turn:
 * slow, and right. */

import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {NEVER, UNKNOWN, dayFromText, textFromDay} from './days.mjs';
import {policyFor, readPolicy, turnsOf} from './policy.mjs';
import {Refusal, instant} from './fields.mjs';
import {readLine} from './read.mjs';
import {carried, verdict} from './verdict.mjs';
import {knownAt, withinHorizon, workerOf} from './worker.mjs';

const dayOrNull = (day) => (day === UNKNOWN || day === NEVER ? null : textFromDay(day));

function judge(text, run) {
    const asked = readLine(text);
    const region = asked.region ?? (run.policies.length === 1 ? run.policies[0].region : '');
    const policy = policyFor(run.policies, region, run.on);
    if (policy === undefined) throw new Refusal('field_choice', '/region');
    let worker = workerOf(asked.records); // a name of a record that is not there is never right
    if (run.knownAt !== undefined) worker = workerOf(knownAt(asked.records, run.knownAt));
    const known = withinHorizon(worker, run.on);
    const speaks = (day) => {
        const of = policyFor(run.policies, region, day);
        return of && verdict(known, asked.context, of, day, run.isEveryDay);
    };
    const v = carried(speaks(run.on), run.on, turnsOf(run.policies, region), speaks);
    return {
        id: asked.id,
        person_colour: v.person,
        colour_here: asked.context === null ? null : v.here,
        reasons: v.reasons.map((r) => ({
            ...r,
            since: dayOrNull(r.since),
            until: dayOrNull(r.until),
        })),
        next_change: dayOrNull(v.next),
        policy: policy.id,
        semantics: policy.semantics,
        on: textFromDay(run.on),
    };
}

/* The answer to one line, as an object; run: {policies, on, knownAt?, isEveryDay?}. */
export function answer(text, number, run) {
    try {
        return judge(text, run);
    } catch (e) {
        if (!(e instanceof Refusal)) throw e;
        return {line: number, error: {code: e.code, field: e.field}};
    }
}

/* Answers to all lines; blank ones have none. */
export function answers(input, run) {
    return input
        .split('\n')
        .map((line, i) => (line.trim() === '' ? null : answer(line.trim(), i + 1, run)))
        .filter((one) => one !== null);
}

function options(argv) {
    const run = {policies: []};
    for (let i = 0; i < argv.length; i++) {
        if (argv[i] === '--policy') run.policies.push(readPolicy(argv[++i]));
        else if (argv[i] === '--on') run.on = dayFromText(argv[++i]);
        else if (argv[i] === '--known-at') run.knownAt = instant(argv[++i]);
        else if (argv[i] === '--every-day') run.isEveryDay = true;
        else return null;
    }
    return run.policies.length > 0 && run.on !== undefined ? run : null;
}

function main() {
    const run = options(process.argv.slice(2));
    if (run === null) {
        console.error(
            'usage: score.mjs --policy FILE … --on DATE [--known-at TIME] [--every-day] < cases',
        );
        return 2;
    }
    const all = answers(readFileSync(0, 'utf8'), run);
    process.stdout.write(all.map((one) => `${JSON.stringify(one)}\n`).join(''));
    return all.some((one) => one.error !== undefined) ? 3 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main();
