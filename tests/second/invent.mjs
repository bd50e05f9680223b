/* Invents policy documents: every kind of rule and every key of the format
 * (migrations/policies/README.md), with numbers that no decree would choose. */

import {textFromDay} from './days.mjs';
import {certificateTypes, hazards, issuers, roles, trades, trainingTypes} from './fields.mjs';

const months = (random) => random.of([1, 2, 3, 6, 11, 12, 12, 13, 24, 36, 59, 60]);
const bad = (random) => random.of(['yellow', 'yellow', 'red']);
const types = (random) =>
    random.some(
        trainingTypes.filter((t) => t !== 'pre_shift'),
        4,
    );
const hours = (random) => random.of([1, 14, 15, 16, 20, 24, 40]);
const maybe = (random, percent, fields) => (random.chance(percent) ? fields() : {});
const someTrades = (random) =>
    random.some(
        ['030', '130', '150', '270', random.of(trades)]
            .filter((one, i, all) => all.indexOf(one) === i)
            .sort((a, b) => a - b),
        3,
    );

/* For these only, or for everybody. */
const audience = (random) =>
    random.of([
        () => ({}),
        () => ({trades: someTrades(random)}),
        () => ({roles: random.some(roles, 3)}),
    ])();

/* -- age --------------------------------------------------------------------- */

/* Bands from 0 upwards; where neighbours meet, each says so in one of its ways. */
function bands(random, isForSome, mode) {
    const cuts = [...new Set(random.some([15, 16, 18, 19, 44, 45, 54, 55, 60, 63, 65, 66], 4))];
    let from = random.of([{}, {from: 0}]);
    let colour = random.of(['green', 'yellow', 'red']);
    return [...cuts, null].map((cut) => {
        const next = random.of(['green', 'green', 'yellow', 'red']);
        const isClear = !cuts.includes(cut - 1) && !cuts.includes(cut + 1); // bands of years
        const isClaimedTwice =
            mode !== undefined && cut !== null && next !== colour && isClear && random.chance(50);
        const end =
            cut === null
                ? {}
                : isClaimedTwice
                  ? {to: cut}
                  : random.of([{below: cut}, {to: cut - 1}]);
        const band = {
            ...from,
            ...end,
            colour,
            ...(colour === 'green' || isForSome
                ? {}
                : {reason: random.of(['AGE_UNDER', 'AGE_YELLOW', 'AGE_RED'])}),
            ...(colour === 'green'
                ? {}
                : maybe(random, 25, () => ({lifted_by_exam_months: months(random)}))),
        };
        from = random.of([{from: cut}, {over: cut - 1}]);
        colour = next;
        return band;
    });
}

function age(random) {
    const whom = audience(random),
        isForSome = Object.keys(whom).length > 0;
    const mode = random.of([undefined, undefined, 'worse', 'milder']);
    const rule = {
        men: bands(random, isForSome, mode),
        women: bands(random, isForSome, mode),
        unknown: bad(random),
        ...whom,
        ...(mode === undefined ? {} : {boundary_mode: mode}),
    };
    const given = [...rule.men, ...rule.women]
        .map((b) => b.reason)
        .filter((code) => code !== undefined);
    return [rule, isForSome ? ['AGE_TRADE'] : [...new Set([...given, 'AGE_YELLOW'])]];
}

/* -- health ------------------------------------------------------------------ */

const perTrade = (random, value) => Object.fromEntries(someTrades(random).map((t) => [t, value()]));

function exam(random) {
    const validity = months(random),
        any = () => random.of(['green', 'yellow', 'red']);
    const rule = {
        validity_months: validity,
        ...maybe(random, 60, () => ({
            validity_by_trade: perTrade(random, () =>
                Math.min(60, validity + random.of([0, 1, 12])),
            ),
        })),
        hazards_by_trade: perTrade(random, () => random.some(hazards, 3)),
        conclusions: {
            no_abnormality: 'green',
            recheck: any(),
            suspected_occupational: any(),
            unfit: 'red',
            other: any(),
        },
        none: bad(random),
        expired: bad(random),
        contraindicated_for_trade: bad(random),
        contraindicated_otherwise: bad(random),
        ...maybe(random, 60, () => ({adverse_outlasts_validity: random.chance(70)})),
    };
    const isRecheckGiven =
        rule.conclusions.recheck !== 'green' || rule.conclusions.other !== 'green';
    return [
        rule,
        [
            'HEALTH_NONE',
            'HEALTH_EXPIRED',
            'HEALTH_CONTRA',
            'HEALTH_UNFIT',
            ...(isRecheckGiven ? ['HEALTH_RECHECK'] : []),
        ],
    ];
}

/* -- training ---------------------------------------------------------------- */

const entryTraining = (random) => [
    {
        levels: random
            .some(['entry_company', 'entry_project', 'entry_team'])
            .map((type) => ({type, hours: random.of([0, 1, 15, 20])})),
        missing: bad(random),
    },
    ['TRAIN_NONE'],
];

function periodicTraining(random) {
    const period = random.of([undefined, 'rolling', 'month', 'quarter', 'quarter', 'year']);
    const isRolling = period === undefined || period === 'rolling';
    return [
        {
            types: types(random),
            hours: random.of([0, hours(random)]),
            ...(period === undefined ? {} : {period}),
            ...(isRolling ? {window_months: months(random)} : {}),
            ...audience(random),
            expired: bad(random),
        },
        ['TRAIN_EXPIRED'],
    ];
}

const transferTraining = (random) => [
    {
        types: random.some(['transfer', 'entry_team', 'off_job']),
        hours: random.of([0, 1, 16, 20]),
        missing: bad(random),
    },
    ['TRAIN_NONE'],
];

const studyPoints = (random) => [
    {points: random.of([20, 60, 61, 120]), window_months: months(random), missing: bad(random)},
    ['TRAIN_POINTS'],
];

const siteTraining = (random) => [
    {
        types: ['site_entry', ...random.of([[], ['entry_project']])],
        ...maybe(random, 50, () => ({validity_months: months(random)})),
        missing: bad(random),
    },
    ['TRAIN_SITE'],
];

const idle = (random) => [
    {
        months: months(random),
        retraining: random.some(['idle', 'transfer', 'annual']),
        colour: bad(random),
    },
    ['IDLE_RETRAIN'],
];

/* -- conduct ----------------------------------------------------------------- */

function violationPoints(random) {
    const span = random.of([
        () => ({window_months: months(random)}),
        () => ({period: 'rolling', window_months: months(random)}),
        () => ({period: 'year'}),
        () => ({months_by_severity: [0, 0, 0, 0].map(() => months(random))}),
    ])();
    const red = random.between(3, 24),
        yellow = random.between(1, red - 1);
    return [
        {
            points: random.of([
                [1, 3, 6, 12],
                [0, 1, 2, 3],
                [2, 2, 5, 9],
            ]),
            ...span,
            ...maybe(random, 30, () => ({
                classes: random.some(['command', 'operation', 'discipline'], 2),
            })),
            ...maybe(random, 40, () => ({
                repeat_percent: random.of([
                    [100, 150, 200],
                    [50, 100],
                    [100, 133],
                    [100],
                    [33, 33, 400],
                ]),
            })),
            ...maybe(random, 25, () => ({cap_each: random.between(1, 24)})),
            ...maybe(random, 25, () => ({cap_day: random.between(1, 30)})),
            yellow,
            red,
        },
        ['VIOL_POINTS'],
    ];
}

const offJobTraining = (random) => [{colour: bad(random)}, ['VIOL_OFFJOB']];
const ban = (random) => [{colour: bad(random)}, ['POST_BAN']];

/* -- papers, place, decisions ------------------------------------------------ */

function certificate(random) {
    const need = () => ({
        ...random.of([
            () => ({trades: someTrades(random)}),
            () => ({trades: someTrades(random)}),
            () => ({roles: random.some(roles, 3)}),
        ])(),
        types: random.chance(70) ? ['special_operation'] : random.some(certificateTypes, 3),
        issuers: random.chance(60) ? ['housing'] : random.some(issuers),
        ...maybe(random, 50, () => ({classes: random.some(['01', '02', '03', '04', '08', '10'])})),
        ...maybe(random, 40, () => ({months: months(random)})),
    });
    return [
        {
            needs: Array.from({length: random.between(1, 4)}, need),
            none: bad(random),
            expired: bad(random),
            suspended: bad(random),
            ...maybe(random, 40, () => ({
                blocked_by: {
                    violations: random.between(1, 4),
                    window_months: months(random),
                    ...maybe(random, 50, () => ({
                        classes: random.some(['command', 'operation', 'discipline'], 2),
                    })),
                },
            })),
        },
        ['CERT_NONE', 'CERT_EXPIRED', 'CERT_SUSPENDED'],
    ];
}

const agreement = (random) => [{missing: bad(random)}, ['NO_CONTRACT']];
const siteState = (random) => [{stopped: bad(random), closed: bad(random)}, ['SITE_STOPPED']];
const permit = (random) => [
    {none: bad(random), suspended: bad(random), revoked: bad(random), expired: bad(random)},
    ['ENT_PERMIT'],
];
const override = (random) => [
    {
        signers: random.between(1, 2),
        ...maybe(random, 60, () => ({
            never_lifts: random.some(['AGE_UNDER', 'POST_BAN', 'VIOL_OFFJOB', 'HEALTH_UNFIT'], 2),
        })),
    },
    ['OVERRIDE'],
];

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

/* -- the document ------------------------------------------------------------ */

const words = {what: '缺', remedy: '补', help: '单位'};
const both = {zh: words, en: {what: 'what', remedy: 'remedy', help: 'help'}};
const basis = [{text: '虚构的规定', mark: 'INF'}];

function inventRule(random, kind) {
    const [rule, codes] = kinds[kind](random);
    return {kind, basis, ...rule, texts: Object.fromEntries(codes.map((code) => [code, both]))};
}

function inventPolicy(random, number, region, effective, until) {
    const chosen = random.some(Object.keys(kinds)); // then some of them once more
    if (chosen.includes('periodic_training') && !chosen.includes('entry_training'))
        chosen.push('entry_training'); // which speaks of beginners
    const again = random.chance(40)
        ? random.some(chosen, 3).filter((kind) => !['exam', 'override'].includes(kind))
        : [];
    return {
        format: 1,
        number,
        id: `X-${number}`,
        semantics: 1,
        region,
        effective: textFromDay(effective),
        ...(until === undefined ? {} : {until: textFromDay(until)}),
        title: {zh: '虚构', en: 'invented'},
        yellow_gate: random.of(['deny', 'allow_restricted', 'allow']),
        ...maybe(random, 30, () => ({pre_shift: random.of(['off', 'flag', 'refuse'])})),
        exempt_trades: random.chance(30) ? someTrades(random) : [],
        rules: random.shuffle([...chosen, ...again]).map((kind) => inventRule(random, kind)),
    };
}

/* One for everywhere from long ago, and perhaps others that are, were or will be in force. */
export function inventPolicies(random, on) {
    const policies = [inventPolicy(random, 1, '', 1, undefined)];
    for (let number = 2; number <= random.between(1, 4); number++) {
        const effective = Math.min(Math.max(on + random.of([-400, -1, 0, 0, 1]), 1), 65533);
        const until = random.chance(30)
            ? Math.max(effective + 1, on + random.of([0, 1]))
            : undefined;
        policies.push(
            inventPolicy(random, number, random.of(['', '32', '3209', '320900']), effective, until),
        );
    }
    return policies;
}
