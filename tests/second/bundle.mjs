/* A bundle: some cases that one run of `jianan score` answers, made from a seed: the day asked
 * about, the instant of knowledge, the policies (some of the product's, or invented ones), the
 * lines. */

import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {addMonths, dayFromText, periodStart, textFromDay} from './days.mjs';
import {makeLine, settingOf} from './cases.mjs';
import {inventPolicies} from './invent.mjs';
import {Random} from './random.mjs';

export const BUNDLE_CASES = 2000;

/* Every document of the product, drafts too. */
export function shippedPolicies(folder) {
    return readdirSync(folder, {withFileTypes: true, recursive: true})
        .filter((f) => f.isFile() && f.name.endsWith('.json') && f.name !== 'policy.json')
        .map((f) => join(f.parentPath ?? f.path, f.name))
        .sort()
        .map((path) => JSON.parse(readFileSync(path, 'utf8')));
}

function dayAskedAbout(random) {
    const plain = random.between(dayFromText('2020-01-01'), dayFromText('2032-12-31'));
    const day = random.of([
        plain,
        plain,
        periodStart(plain, random.of(['month', 'quarter', 'year'])),
        periodStart(plain, random.of(['month', 'quarter', 'year'])) - 1,
        addMonths(dayFromText('2024-02-29'), 12 * random.between(-3, 4)),
        dayFromText(`${random.between(2021, 2030)}-03-01`),
    ]);
    return random.chance(2)
        ? dayFromText(random.of(['1900-01-02', '1999-12-31', '2070-12-31']))
        : day;
}

export function makeBundle(seed, shipped) {
    const random = new Random(seed),
        on = dayAskedAbout(random);
    const isInvented = random.chance(50);
    const documents = isInvented ? inventPolicies(random, on) : random.some(shipped);
    const knownAt = random.chance(35)
        ? `${textFromDay(on)}T${random.of(['00:00:00', '23:59:59.999999'])}Z`
        : undefined;
    const setting = settingOf(on, knownAt, documents);
    const lines = [];
    for (let i = 0; i < BUNDLE_CASES; i++)
        lines.push(makeLine(random, setting, random.chance(90) ? `c${i}` : i));
    return {seed, on, knownAt, documents, isInvented, lines};
}
