/* The lint of the pages' texts (clients/web/lint/words.mjs) finds what it must find, and nothing in
 * the pages. Exit: 0 so it is, 1 it is not, 77 npm ci was not run in clients/web. */
import {spawnSync} from 'node:child_process';
import {cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const web = join(dirname(fileURLToPath(import.meta.url)), '../../clients/web');
if (!existsSync(join(web, 'node_modules/typescript'))) {
    console.log('not asked: ./dev web');
    process.exit(77);
}
const zh = 'src/words/zh.json', en = 'src/words/en.json', tsx = 'src/app.tsx';
const add = (text) => (before) => before + text;
const change = (edit) => (before) => {
    const words = JSON.parse(before);
    edit(words);
    return JSON.stringify(words);
};
const cases = [
    ['the pages as they are', null, null, null],
    ['a Chinese text', tsx, add("\nexport const a = '你好';\n"), 'a Chinese text outside'],
    ['a Chinese text in a template', tsx, add('\nexport const a = (n: number) => `第${n}页`;\n'), 'a Chinese text outside'],
    ['an English text', tsx, add("\nexport const a = 'Please try again';\n"), 'an English text outside'],
    ['a text between tags', tsx, add('\nexport const A = () => <p>Hello</p>;\n'), 'a text outside'],
    ['a label', tsx, add('\nexport const A = () => <input aria-label="Name" />;\n'), 'a text outside the catalogue in aria-label'],
    ['a text of the page itself', 'index.html', (html) => html.replace('%app.name%', 'Hello'), 'index.html: a text outside'],
    ['a key that misses in English', en, change((w) => delete w['app.name']), 'en.json: lacks app.name'],
    ['a key that misses in Chinese', zh, change((w) => delete w['nav.code']), 'zh.json: lacks nav.code'],
    ['other values', en, change((w) => (w['id.left'] = 'some to go')), 'id.left: other values'],
    ['an empty text', en, change((w) => (w['id.left'] = ' ')), 'id.left: empty'],
    ['Chinese in the English catalogue', en, change((w) => (w['nav.me'] = '我的')), 'en.json: nav.me is Chinese'],
];
let wrong = 0;

for (const [name, file, edit, finding] of cases) {
    const copy = mkdtempSync(join(tmpdir(), 'jianan-words-'));
    for (const part of ['src', 'index.html'])
        cpSync(join(web, part), join(copy, part), {recursive: true});
    if (file)
        writeFileSync(join(copy, file), edit(readFileSync(join(copy, file), 'utf8')));
    const {status, stderr} = spawnSync(process.execPath, [join(web, 'lint/words.mjs'), copy], {encoding: 'utf8'});
    rmSync(copy, {recursive: true});
    if (finding === null ? status === 0 : status === 1 && stderr.includes(finding))
        continue;
    wrong++;
    console.log(`WRONG: ${name}: exit ${status}\n${stderr}`);
}
console.log(`words of pages: ${cases.length} cases, ${wrong} wrong`);
process.exit(wrong ? 1 : 0);
