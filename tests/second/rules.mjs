/* What each kind of rule says on a day: one function a kind, straight from the words of
 * scoring/README.md and migrations/policies/README.md. Nothing is carried from one day to another.
 *
 * reading(rule) gives:
 *   says(worker, context, day) -> the statements that hold on that day
 *   reads, months, ages, periods: what the days depend on on which it may begin to say something
 *                                 else (turns.mjs)
 * A statement is {code, colour, scope, missing}; `missing`: for want of a fact. */

import {FIRST, addMonths, ageOn, periodStart} from './days.mjs';
import {agreement, ban, certificate, override, permit, siteState} from './papers.mjs';
import {audience, counts, hoursOf, inPeriod, one, passed, statement, sum, worse} from './parts.mjs';

const lastExam = (worker, day) => worker.exams.findLast((exam) => exam.on <= day);

/* -- age --------------------------------------------------------------------- */

const firstAge = (band) => band.from ?? (band.over !== undefined ? band.over + 1 : 0);
const endAge = (band) => band.below ?? (band.to !== undefined ? band.to + 1 : Infinity);

/* Where two bands claim a year, it goes to the one with the worse or the milder colour. */
function bandAt(bands, age, mode) {
    const claiming = bands.filter(
        (b) => firstAge(b) <= Math.max(age, 0) && Math.max(age, 0) < endAge(b),
    );
    const sign = mode === 'milder' ? -1 : 1;
    return claiming.reduce((best, b) =>
        sign * (worse[b.colour] - worse[best.colour]) > 0 ? b : best,
    );
}

function lifted(band, worker, day) {
    const exam = lastExam(worker, day);
    return (
        band.lifted_by_exam_months !== undefined &&
        exam !== undefined &&
        exam.conclusion === 'no_abnormality' &&
        (exam.until === undefined || day < exam.until) &&
        day < addMonths(exam.on, band.lifted_by_exam_months)
    );
}

function age(rule) {
    const {scope, meets} = audience(rule);
    const unknown = statement(
        scope === 'person' ? 'AGE_YELLOW' : 'AGE_TRADE',
        rule.unknown,
        scope,
        true,
    );
    const bands = {};
    for (const sex of ['men', 'women'])
        bands[sex] = rule[sex].map((b) => ({
            ...b,
            says: statement(scope === 'person' ? b.reason : 'AGE_TRADE', b.colour, scope),
        }));
    return {
        reads: ['exams'],
        months: [...rule.men, ...rule.women].map((b) => b.lifted_by_exam_months),
        ages: [...rule.men, ...rule.women].flatMap((b) => [firstAge(b), endAge(b)]),
        says(worker, context, day) {
            if (!meets(context)) return [];
            if (worker.birth === undefined) return one(unknown);
            const band = bandAt(
                bands[worker.sex === 'M' ? 'men' : 'women'],
                ageOn(worker.birth, day),
                rule.boundary_mode,
            );
            return band.says === null || lifted(band, worker, day) ? [] : [band.says];
        },
    };
}

/* -- health ------------------------------------------------------------------ */

function exam(rule) {
    const none = statement('HEALTH_NONE', rule.none, 'person', true);
    const expired = statement('HEALTH_EXPIRED', rule.expired, 'person');
    const found = {
        no_abnormality: statement('HEALTH_RECHECK', rule.conclusions.no_abnormality, 'person'),
        recheck: statement('HEALTH_RECHECK', rule.conclusions.recheck, 'person'),
        other: statement('HEALTH_RECHECK', rule.conclusions.other, 'person'),
        suspected_occupational: statement(
            'HEALTH_UNFIT',
            rule.conclusions.suspected_occupational,
            'person',
        ),
        unfit: statement('HEALTH_UNFIT', rule.conclusions.unfit, 'person'),
        contraindicated: null,
    };
    const otherwise = statement('HEALTH_CONTRA', rule.contraindicated_otherwise, 'person');
    const forTrade = statement('HEALTH_CONTRA', rule.contraindicated_for_trade, 'trade');

    /* What a contraindication says, whatever else was concluded. */
    function contraindication(last, trade) {
        const named = last.contraindicated_for ?? [],
            work = rule.hazards_by_trade[trade] ?? [];
        return [
            ...(last.conclusion === 'contraindicated' || named.length > 0 ? [otherwise] : []),
            ...(named.some((hazard) => work.includes(hazard)) ? [forTrade] : []),
        ];
    }
    return {
        reads: ['exams'],
        months: [rule.validity_months, ...Object.values(rule.validity_by_trade ?? {})],
        says(worker, context, day) {
            const last = lastExam(worker, day);
            if (last === undefined) return [none];
            const months = rule.validity_by_trade?.[context?.trade] ?? rule.validity_months;
            const concluded = found[last.conclusion],
                contra = contraindication(last, context?.trade);
            if (day < (last.until ?? addMonths(last.on, months)))
                return [...one(concluded), ...contra];
            if (!rule.adverse_outlasts_validity) return [expired];
            return [concluded?.colour === 'red' ? concluded : expired, ...contra];
        },
    };
}

/* -- training ---------------------------------------------------------------- */

function entryTraining(rule) {
    const missing = statement('TRAIN_NONE', rule.missing, 'person', true);
    return {
        reads: ['trainings'],
        says: (worker, context, day) =>
            rule.levels.every((level) => {
                const held = passed(worker, [level.type], day);
                return held.length > 0 && hoursOf(held) >= level.hours;
            })
                ? []
                : [missing],
    };
}

function periodicTraining(rule) {
    const {scope, meets} = audience(rule);
    const expired = statement('TRAIN_EXPIRED', rule.expired, scope);
    const enough = (list) => list.length > 0 && hoursOf(list) >= rule.hours;
    const period = rule.period ?? 'rolling';

    function rolling(worker, day) {
        const held = passed(worker, rule.types, day);
        return held.length > 0 && !enough(held.filter((t) => counts(t, day, rule.window_months)));
    }
    function byCalendar(worker, day) {
        const held = passed(worker, rule.types, day);
        const [before, now, next] = [-1, 0, 1].map((n) => periodStart(day, period, n));
        return (
            !enough(held.filter((t) => inPeriod(t, now, next))) &&
            !enough(held.filter((t) => inPeriod(t, before, now))) &&
            worker.enrolled !== undefined &&
            worker.enrolled < before
        );
    }
    return {
        reads: ['trainings'],
        months: [rule.window_months],
        periods: period === 'rolling' ? [] : [period],
        says(worker, context, day) {
            const isWanting = period === 'rolling' ? rolling : byCalendar;
            return meets(context) && isWanting(worker, day) ? [expired] : [];
        },
    };
}

/* The day on which somebody first worked in each trade. */
function takenUp(worker) {
    const first = new Map();
    for (const e of worker.engagements) if (!first.has(e.trade)) first.set(e.trade, e.on);
    return first;
}

function transferTraining(rule) {
    const missing = statement('TRAIN_NONE', rule.missing, 'trade', true);
    return {
        reads: ['trainings', 'engagements'],
        says(worker, context, day) {
            const days = takenUp(worker),
                began = days.get(context?.trade);
            const before = [...days.values()].filter((other) => other < began);
            if (began === undefined || began > day || before.length === 0) return [];
            const last = Math.max(...before);
            const held = passed(worker, rule.types, day).filter((t) => t.on >= last);
            return held.length > 0 && hoursOf(held) >= rule.hours ? [] : [missing];
        },
    };
}

function studyPoints(rule) {
    const missing = statement('TRAIN_POINTS', rule.missing, 'person', true);
    return {
        reads: ['studies'],
        months: [rule.window_months],
        says(worker, context, day) {
            const counting = worker.studies.filter((s) => counts(s, day, rule.window_months));
            return sum(counting, (s) => s.points) >= rule.points ? [] : [missing];
        },
    };
}

function siteTraining(rule) {
    const none = statement('TRAIN_SITE', rule.missing, 'site', true);
    const expired = statement('TRAIN_SITE', rule.missing, 'site');
    return {
        reads: ['trainings'],
        months: [rule.validity_months],
        says(worker, context, day) {
            if (context?.site === undefined) return [];
            const held = passed(worker, rule.types, day).filter((t) => t.site === context.site);
            const isGood = (t) =>
                rule.validity_months === undefined || counts(t, day, rule.validity_months);
            return held.some(isGood) ? [] : [held.length > 0 ? expired : none];
        },
    };
}

/* The days of the last 60 months, up to the day, on which there was data or an engagement ran, as
 * [first, last] in order; enrolment is one. */
function activeSpans(worker, day) {
    const first = worker.enrolled ?? FIRST,
        spans = [];
    const add = (from, to) => {
        if (from <= day && to >= first && (to >= day || addMonths(to, 60) > day))
            spans.push([Math.max(from, first), Math.min(to, day)]);
    };
    for (const list of ['exams', 'trainings', 'studies', 'violations'])
        for (const thing of worker[list]) if (thing.type !== 'pre_shift') add(thing.on, thing.on);
    for (const e of worker.engagements) add(e.on, e.until - 1);
    if (worker.enrolled !== undefined) add(worker.enrolled, worker.enrolled);
    return spans.sort((a, b) => a[0] - b[0]);
}

/* So many months without any: from then on, until there was retraining. */
function idle(rule) {
    const is = statement('IDLE_RETRAIN', rule.colour, 'person');

    function lastGapEnd(worker, day) {
        let last, since;
        for (const [from, to] of [...activeSpans(worker, day), [day, day]]) {
            if (last !== undefined && from > last && from >= addMonths(last, rule.months))
                since = addMonths(last, rule.months);
            last = Math.max(last ?? 0, to);
        }
        return since;
    }
    return {
        reads: ['exams', 'trainings', 'studies', 'violations', 'engagements'],
        months: [rule.months, 60],
        says(worker, context, day) {
            if (day < worker.enrolled) return [];
            if (worker.enrolled !== undefined && activeSpans(worker, day).length === 0) return [is];
            const since = lastGapEnd(worker, day);
            return since === undefined ||
                passed(worker, rule.retraining, day).some((t) => t.on >= since)
                ? []
                : [is];
        },
    };
}

/* -- conduct ----------------------------------------------------------------- */

/* In hundredths of a point, so that nothing is rounded. */
function violationPoints(rule) {
    const yellow = statement('VIOL_POINTS', 'yellow', 'person');
    const red = statement('VIOL_POINTS', 'red', 'person');
    const percents = rule.repeat_percent ?? [100];

    function isCounting(v, day) {
        if (rule.classes !== undefined && !rule.classes.includes(v.class)) return false;
        if (rule.period === 'year') return v.on <= day && day < periodStart(v.on, 'year', 1);
        return counts(v, day, rule.months_by_severity?.[v.severity - 1] ?? rule.window_months);
    }
    function pointsOf(counting) {
        const seen = new Map(),
            perDay = new Map();
        for (const v of counting) {
            const nth = seen.get(v.category) ?? 0;
            seen.set(v.category, nth + 1);
            const percent = percents[Math.min(nth, percents.length - 1)];
            const points = Math.min(
                rule.points[v.severity - 1] * percent,
                (rule.cap_each ?? Infinity) * 100,
            );
            perDay.set(v.on, (perDay.get(v.on) ?? 0) + points);
        }
        return sum([...perDay.values()], (points) =>
            Math.min(points, (rule.cap_day ?? Infinity) * 100),
        );
    }
    return {
        reads: ['violations'],
        months: [rule.window_months, ...(rule.months_by_severity ?? [])],
        periods: rule.period === 'year' ? ['year'] : [],
        says(worker, context, day) {
            const points = pointsOf(worker.violations.filter((v) => isCounting(v, day)));
            return points >= rule.red * 100 ? [red] : points >= rule.yellow * 100 ? [yellow] : [];
        },
    };
}

function offJobTraining(rule) {
    const due = statement('VIOL_OFFJOB', rule.colour, 'person');
    return {
        reads: ['violations', 'trainings'],
        says(worker, context, day) {
            const held = passed(worker, ['off_job'], day);
            return worker.violations.some(
                (v) => v.off_job_training && v.on <= day && !held.some((t) => t.on >= v.on),
            )
                ? [due]
                : [];
        },
    };
}

const kinds = {
    age,
    exam,
    entry_training: entryTraining,
    periodic_training: periodicTraining,
    transfer_training: transferTraining,
    study_points: studyPoints,
    site_training: siteTraining,
    idle,
    violation_points: violationPoints,
    off_job_training: offJobTraining,
    certificate,
    ban,
    agreement,
    site_state: siteState,
    permit,
    override,
};

/* undefined for a kind that is not known. */
export function reading(rule) {
    if (!Object.hasOwn(kinds, rule.kind)) return undefined;
    const read = kinds[rule.kind](rule);
    const numbers = (list) => [...new Set((list ?? []).filter((n) => Number.isFinite(n)))];
    return {
        neverLifts: [],
        periods: [],
        ...read,
        months: numbers(read.months),
        ages: numbers(read.ages),
    };
}
