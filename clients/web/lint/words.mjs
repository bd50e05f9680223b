// Refuses a text that people would see and that stands outside the catalogues, and catalogues that
// differ: a key that misses in one, another set of {values}, an empty text, a key nobody uses.
//
//   node lint/words.mjs [FOLDER]      FOLDER: src and index.html of the pages, or of a test
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const folder = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
const problems = [];
const chinese = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/;
const visible = new Set(['title', 'label', 'alt', 'aria-label', 'placeholder', 'hint', 'error']);
/* English where no reader sees it: class names, addresses, media types and the like have no blank
 * between two words, or stand in an attribute that is not shown. */
const prose = /\p{L}{2,}[ ,]+\p{L}{2,}/u;
const unseen = new Set(['class', 'd', 'viewBox', 'pattern', 'autocomplete', 'fill', 'points', 'preserveAspectRatio']);
const used = new Set();
const families = new Set();

function files(at) {
    return readdirSync(at, { withFileTypes: true }).flatMap((one) => {
        const path = join(at, one.name);
        return one.isDirectory() ? files(path) : /(?<!\.d)\.tsx?$/.test(one.name) ? [path] : [];
    });
}

function attributeOf(node) {
    for (let up = node.parent; up && !ts.isJsxElement(up) && !ts.isFunctionLike(up); up = up.parent)
        if (ts.isJsxAttribute(up)) return up.name.getText();
    return null;
}

function check(source, node) {
    const say = (what, text) => {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
        problems.push(`${source.fileName}:${line + 1}: ${what}: ${text.trim().slice(0, 60)}`);
    };
    if (ts.isJsxText(node) && /\p{L}/u.test(node.text)) say('a text outside the catalogue', node.text);
    if (ts.isStringLiteralLike(node) || node.kind === ts.SyntaxKind.TemplateHead || node.kind === ts.SyntaxKind.TemplateMiddle || node.kind === ts.SyntaxKind.TemplateTail) {
        const attribute = attributeOf(node);
        used.add(node.text);
        if (node.kind === ts.SyntaxKind.TemplateHead && /^[a-z_.]+\.$/.test(node.text)) families.add(node.text);
        if (chinese.test(node.text)) say('a Chinese text outside the catalogue', node.text);
        else if (attribute && visible.has(attribute) && ts.isJsxAttribute(node.parent) && /\p{L}/u.test(node.text)) say(`a text outside the catalogue in ${attribute}`, node.text);
        else if (prose.test(node.text) && !unseen.has(attribute ?? '') && !ts.isImportDeclaration(node.parent)) say('an English text outside the catalogue', node.text);
    }
    if (ts.isCallExpression(node) && node.expression.getText(source) === 'word' && ts.isStringLiteral(node.arguments[0]))
        families.add(`${node.arguments[0].text}.`);
    ts.forEachChild(node, (child) => check(source, child));
}

function checkSources() {
    for (const path of files(join(folder, 'src'))) {
        const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
        check(source, source);
    }
    const html = readFileSync(join(folder, 'index.html'), 'utf8');
    for (const [, key] of html.matchAll(/%([a-z_.]+)%/g)) used.add(key);
    for (const [whole, text] of html.matchAll(/>([^<]*\p{L}[^<]*)</gu))
        if (!/^\s*%[a-z_.]+%\s*$/.test(text)) problems.push(`index.html: a text outside the catalogue: ${whole}`);
}

const values = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().join();

function checkCatalogues() {
    const read = (name) => JSON.parse(readFileSync(join(folder, 'src/words', `${name}.json`), 'utf8'));
    const [zh, en] = [read('zh'), read('en')];
    for (const [mine, other, name] of [[zh, en, 'en'], [en, zh, 'zh']])
        for (const key of Object.keys(mine)) if (!(key in other)) problems.push(`${name}.json: lacks ${key}`);
    for (const [key, text] of Object.entries(zh)) {
        if (!text.trim() || !en[key]?.trim()) problems.push(`${key}: empty`);
        /* Dates are filled in by part: a month is a number in one language and a name in the other. */
        if (en[key] && values(text) !== values(en[key]) && !key.startsWith('date.')) problems.push(`${key}: other values in the two languages`);
        if (chinese.test(en[key] ?? '') && key !== 'lang.other') problems.push(`en.json: ${key} is Chinese`);
        /* rec. and month. are looked up by names that the API gives */
        if (!used.has(key) && ![...families, 'rec.'].some((family) => key.startsWith(family))) problems.push(`${key}: nobody uses it`);
    }
    return Object.keys(zh).length;
}

checkSources();
const count = checkCatalogues();
for (const problem of problems) console.error(problem);
console.log(`words: ${count} texts in each language, ${problems.length} problems`);
process.exit(problems.length ? 1 : 0);
