/* The days on which a rule may begin to say something else, found without knowing the rule: every
 * day that the facts it reads name, each of them moved by each number of months in the rule, the
 * next starts of its calendar period, and birthdays. Too many do no harm. Whether one is wanting is
 * found by asking about every day there is (score.mjs --every-day, compare.mjs --days). */

import {FIRST, LAST, NEVER, UNKNOWN, addMonths, birthday, periodStart} from './days.mjs';

function namedDays(rule, worker) {
    const days = worker.enrolled === undefined ? [] : [worker.enrolled];
    for (const list of rule.reads)
        for (const thing of worker[list]) {
            days.push(thing.on);
            if (thing.until !== undefined && thing.until !== NEVER)
                days.push(thing.until, thing.until - 1);
        }
    return days;
}

export function turningDays(rule, worker) {
    const named = namedDays(rule, worker),
        days = [FIRST, ...named];
    for (const day of named) {
        for (const months of rule.months) days.push(addMonths(day, months));
        for (const period of rule.periods)
            days.push(
                periodStart(day, period, 1),
                periodStart(day, period, 2),
                periodStart(day, period, 3),
            );
    }
    if (worker.birth !== undefined)
        for (const years of rule.ages) days.push(birthday(worker.birth, years));
    days.sort((a, b) => a - b);
    return days.filter((day, i) => day !== days[i - 1] && day > UNKNOWN && day <= LAST);
}

export function everyDay() {
    return Array.from({length: LAST}, (_, i) => i + FIRST);
}
