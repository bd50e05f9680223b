/* Asks `jianan score` and score.mjs the same questions and compares their answers, line by line.
 *
 *   node compare.mjs --jianan FILE [--cases N] [--days N] [--seed N] [--shown N]
 *   node compare.mjs --jianan FILE --bundle SEED        one bundle again, as a difference named it
 *
 * Verdicts must be the same to the byte; of a refused line its number, the error's code and field.
 * --days: about so many of the cases are judged by asking about every day of the calendar.
 * Exit: 0 all the same, 1 they differ, 2 usage or a program that does not run. */

import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {availableParallelism, tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Worker, isMainThread, parentPort, workerData} from 'node:worker_threads';
import {BUNDLE_CASES, makeBundle, shippedPolicies} from './bundle.mjs';
import {textFromDay} from './days.mjs';
import {minimise} from './minimise.mjs';
import {policyFrom} from './policy.mjs';
import {instant} from './fields.mjs';
import {answer} from './score.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const POLICIES = join(here, '../../migrations/policies');

/* -- asking both ------------------------------------------------------------- */

/* The answers of `jianan score`, one text a line. */
function theirs(jianan, folder, bundle, lines) {
    const policies = bundle.documents.flatMap((document, i) => {
        const path = join(folder, `${i}.json`);
        writeFileSync(path, JSON.stringify(document));
        return ['--policy', path];
    });
    const known = bundle.knownAt === undefined ? [] : ['--known-at', bundle.knownAt];
    const run = spawnSync(
        jianan,
        ['score', ...policies, '--on', textFromDay(bundle.on), ...known],
        {input: lines.join('\n') + '\n', maxBuffer: 1 << 28, encoding: 'utf8'},
    );
    if ((run.status !== 0 && run.status !== 3) || run.stdout === '')
        throw new Error(`jianan score, bundle ${bundle.seed}: ${run.stderr || run.error?.message}`);
    return run.stdout.trimEnd().split('\n');
}

function ours(bundle, lines, everyDay) {
    const run = {
        policies: bundle.documents.map(policyFrom),
        on: bundle.on,
        knownAt: bundle.knownAt && instant(bundle.knownAt),
    };
    const slow = {...run, isEveryDay: true};
    return lines.map((line, i) => JSON.stringify(answer(line, i + 1, i < everyDay ? slow : run)));
}

/* Of an error only what it means: the words around it are for readers. */
function meaning(text) {
    if (!text?.startsWith('{"line":')) return text;
    const {line, error} = JSON.parse(text);
    return JSON.stringify({line, error: {code: error.code, field: error.field}});
}

function differences(jianan, folder, bundle, lines, everyDay) {
    const a = theirs(jianan, folder, bundle, lines),
        b = ours(bundle, lines, everyDay),
        found = [];
    for (let i = 0; i < lines.length; i++)
        if (a[i] !== b[i] && meaning(a[i]) !== b[i])
            found.push({line: lines[i], theirs: a[i], ours: b[i]});
    return found;
}

/* -- a thread: takes bundles until there are no more ------------------------- */

function work({jianan, first, bundles, everyDay, next}) {
    const folder = mkdtempSync(join(tmpdir(), 'jianan-second-'));
    const shipped = shippedPolicies(POLICIES),
        counter = new Int32Array(next);
    try {
        for (let i; (i = Atomics.add(counter, 0, 1)) < bundles;) {
            const bundle = makeBundle(first + i, shipped);
            const found = differences(jianan, folder, bundle, bundle.lines, everyDay);
            const again = (b, lines) => differences(jianan, folder, b, lines, 0);
            const small = found.length === 0 ? undefined : minimise(bundle, found[0], again);
            parentPort.postMessage({seed: bundle.seed, count: found.length, small});
        }
    } finally {
        rmSync(folder, {recursive: true});
    }
}

/* -- the whole run ----------------------------------------------------------- */

function show({seed, count, small}) {
    console.log(
        `\nbundle ${seed}: ${count} of ${BUNDLE_CASES} answers differ. The first, made small ` +
            `(on ${textFromDay(small.bundle.on)}, known at ${small.bundle.knownAt ?? 'any time'}):`,
    );
    for (const document of small.bundle.documents)
        console.log(
            `  policy  ${small.bundle.isInvented ? JSON.stringify(document) : document.id}`,
        );
    console.log(`  case    ${small.line}\n  jianan  ${small.theirs}\n  second  ${small.ours}`);
}

async function run(options) {
    const bundles = options.bundle !== undefined ? 1 : Math.ceil(options.cases / BUNDLE_CASES);
    const first = options.bundle ?? options.seed,
        next = new SharedArrayBuffer(4);
    const threads = Math.min(bundles, availableParallelism());
    const everyDay = Math.ceil(options.days / bundles);
    let differing = 0,
        done = 0,
        shown = 0;
    const one = () =>
        new Promise((resolve, reject) => {
            const thread = new Worker(fileURLToPath(import.meta.url), {
                workerData: {jianan: options.jianan, first, bundles, everyDay, next},
            });
            thread.on('message', (message) => {
                done += BUNDLE_CASES;
                differing += message.count;
                if (message.count > 0 && shown++ < options.shown) show(message);
            });
            thread.on('error', (e) => {
                Atomics.store(new Int32Array(next), 0, bundles); // no more for the others
                reject(e);
            });
            thread.on('exit', resolve);
        });
    console.log(
        `seed ${first}: ${bundles * BUNDLE_CASES} cases, ${everyDay * bundles} of them by every ` +
            `day, ${threads} threads`,
    );
    await Promise.all(Array.from({length: threads}, one));
    console.log(`${done} cases, ${differing} answers differ`);
    return differing === 0 && done === bundles * BUNDLE_CASES ? 0 : 1;
}

function optionsFrom(argv) {
    const options = {cases: 20000, days: 0, seed: Number(process.env.SEED ?? 1), shown: 5};
    for (let i = 0; i < argv.length; i += 2) {
        const name = argv[i].slice(2),
            value = argv[i + 1];
        if (
            !['--jianan', '--cases', '--days', '--seed', '--shown', '--bundle'].includes(argv[i]) ||
            value === undefined
        )
            return null;
        options[name] = name === 'jianan' ? value : Number(value);
    }
    return options.jianan !== undefined && Number.isInteger(options.cases + options.seed)
        ? options
        : null;
}

async function main() {
    const options = optionsFrom(process.argv.slice(2));
    if (options === null) {
        console.error(
            'usage: compare.mjs --jianan FILE [--cases N] [--days N] [--seed N | --bundle SEED] [--shown N]',
        );
        return 2;
    }
    try {
        return await run(options);
    } catch (e) {
        console.error(e.message);
        return 2;
    }
}

if (isMainThread) process.exitCode = await main();
else work(workerData);
