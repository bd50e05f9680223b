/* Spoils a case in one place: bad JSON, wrong types, unknown words, missing or unknown fields. */

const wrongValues = [
    0,
    -1,
    99999999999,
    '',
    'x',
    'green',
    '2026-02-30',
    '2026-13-01',
    ' a',
    'a\u200b',
    true,
    [],
    {},
    ['x'],
    null,
];

/* Each takes (random, case) and gives a line. */
export const spoilers = [
    (random, one) => JSON.stringify(one).slice(0, -1 - random.below(20)),
    (random, one) => JSON.stringify(random.of([[], 3, 'text', [one]])),
    (random, one) =>
        JSON.stringify({
            ...one,
            [random.of(['id', 'region', 'context', 'records'])]: random.of([
                [],
                {},
                7,
                'S1',
                true,
                [7],
                {trade: '031'},
                {site: 0},
                '3209001',
                'x',
            ]),
        }),
    (random, one) => JSON.stringify({...one, extra: 1}),
    (random, one) =>
        JSON.stringify({
            ...one,
            context: {
                [random.of(['trade', 'role', 'site', 'site_state', 'org_permit', 'sight'])]:
                    random.of(wrongValues),
            },
        }),
    ...Array(12).fill((random, one) => {
        const record = random.of(one.records);
        if (record !== undefined) record[random.of(Object.keys(record))] = random.of(wrongValues);
        return JSON.stringify(one);
    }),
    ...Array(4).fill((random, one) => {
        const record = random.of(one.records);
        if (record !== undefined) delete record[random.of(Object.keys(record))];
        return JSON.stringify(one);
    }),
    (random, one) => {
        const record = random.of(one.records);
        if (record !== undefined)
            record[random.of(['extra', 'until', 'of', 'toString', 'a/b~c'])] = 1;
        return JSON.stringify(one);
    },
];
