/* Other people's readers on every code that we draw: zxing (C++, as WebAssembly) and zbar.
 *
 *   node readers.mjs --draw-tool FILE
 *
 * Every kind, algorithm, level and size (2 to 16 pixels a module), with 15 % covered at level Q, turned
 * by 90 degrees, and the sheet of stickers as pdftoppm prints it. Mirrored, a code is read rightly or
 * not at all. It says how long the slowest took. Exit: 0 all read, 1 not, 2 usage, 77 not installed. */

import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const reader = join(here, 'node_modules', 'zxing-wasm', 'dist', 'reader', 'zxing_reader.wasm');
if (!existsSync(reader)) {
    console.log(`not asked: run npm ci in ${here}`);
    process.exit(77);
}
const {prepareZXingModule, readBarcodes} = await import('zxing-wasm/reader');
const {'draw-tool': drawTool} = parseArgs({options: {'draw-tool': {type: 'string'}}}).values;
if (!drawTool) {
    console.error('usage: node readers.mjs --draw-tool FILE');
    process.exit(2);
}
/* The reader's own file: it must fetch nothing. */
prepareZXingModule({overrides: {wasmBinary: readFileSync(reader)}});

const folder = mkdtempSync(join(tmpdir(), 'jianan-readers-'));
process.on('exit', () => rmSync(folder, {recursive: true, force: true}));
const LONGEST_MS = 1000;
let wrong = 0;

function run(command, args, what) {
    const done = spawnSync(command, args, {encoding: 'utf8', maxBuffer: 1 << 26});
    if (done.error || (done.status !== 0 && what)) {
        console.log(`WRONG: ${what ?? command}: ${done.error ?? done.stderr}`);
        process.exit(1);
    }
    return done.stdout;
}

/* -- the readers ---------------------------------------------------------------- */

async function readByZxing(file) {
    const found = await readBarcodes(new Uint8Array(readFileSync(file)),
                                     {formats: ['QRCode'], maxNumberOfSymbols: 255,
                                      tryHarder: true});
    return found.map((code) => code.text);
}

async function readByZbar(file) {
    return run('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', file])
        .split('\n').filter((line) => line !== '');
}

const readers = {zxing: readByZxing, zbar: readByZbar};

/* -- what they read --------------------------------------------------------------- */

const rows = new Map();

function count(key, picture, name, good) {
    const row = rows.get(key) ?? {...picture, pictures: 0, zxing: 0, zbar: 0};
    rows.set(key, row);
    row[name] += good;
    row.pictures += name === 'zxing';
}

async function ask(file, picture, key, wanted) {
    for (const [name, read] of Object.entries(readers)) {
        const began = performance.now();
        const all = await read(join(folder, file)), took = performance.now() - began;
        const found = all.filter((text) => text === picture.text);
        const good = found.length >= wanted && wanted > 0;
        count(key, picture, name, good || (wanted === 0 && found.length > 0));
        if ((!good && wanted > 0) || found.length !== all.length) {
            wrong++;
            console.log(`WRONG: ${name} read ${found.length} of ${wanted} in ${file},`
                        + ` ${all.length - found.length} wrongly`);
        }
        if (wanted <= 1)
            slowest = Math.max(slowest, took);
    }
}

let slowest = 0;

const STICKERS = 24;
const ways = {drawn: '', covered: ', 15 % covered', turned: ', turned', mirrored: ', mirrored'};
const lines = run(drawTool, [folder], 'draw-tool').trim().split('\n');
for (const picture of lines.map((line) => JSON.parse(line))) {
    if (picture.file.endsWith('.pdf')) {
        for (const dpi of [200, 300, 600]) {
            run('pdftoppm', ['-r', String(dpi), '-gray', '-png', join(folder, picture.file),
                             join(folder, `sheet-${dpi}`)], 'pdftoppm');
            const page = readdirSync(folder).find((name) => name.startsWith(`sheet-${dpi}-`));
            await ask(page, picture, `sheet, ${dpi} dpi`, STICKERS);
        }
    } else {
        await ask(picture.file, picture,
                  `${picture.kind}, ${picture.alg}, ${picture.level}${ways[picture.as]}`,
                  picture.as === 'mirrored' ? 0 : 1);
    }
}

/* -- the table ----------------------------------------------------------------------- */

console.log('| picture | characters | QR version | pictures | zxing | zbar |\n|---|---|---|---|---|---|');
for (const [name, row] of rows)
    console.log(`| ${name} | ${row.text.length} | ${row.version || ''} | ${row.pictures} |`
                + ` ${row.zxing} | ${row.zbar} |`);
console.log(`readers: ${[...rows.values()].reduce((sum, row) => sum + row.pictures, 0)} pictures, `
            + `${wrong} not read, the slowest took ${Math.round(slowest)} ms`);
if (slowest > LONGEST_MS)
    console.log(`slow: more than ${LONGEST_MS} ms; is the machine busy?`);
process.exit(wrong === 0 ? 0 : 1);
