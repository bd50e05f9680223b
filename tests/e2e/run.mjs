/* Stories of people before the pages. Each file of stories/ is one; its name is what it shows.
 *
 *   node run.mjs --server FILE --pages FOLDER [--browser FILE] [--shots FOLDER] [--story WORD]
 *
 * Needs a PostgreSQL whose socket's folder is in JIANAN_TEST_PG (ctest starts one). Exit: 0 all went
 * well, 1 something did not, 2 usage, 77 there is no browser, no pages or no npm ci to try it with. */
import {existsSync, mkdirSync, readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const {values} = parseArgs({options: {
    server: {type: 'string'}, pages: {type: 'string'}, browser: {type: 'string'},
    shots: {type: 'string'}, story: {type: 'string'}}});
const socket = process.env.JIANAN_TEST_PG;

if (!values.server || !values.pages || !socket) {
    console.error('usage: JIANAN_TEST_PG=SOCKET node run.mjs --server FILE --pages FOLDER');
    process.exit(2);
}
const browserFile = values.browser ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
for (const [there, remedy] of [[existsSync(join(here, 'node_modules')), `npm ci in ${here}`],
                               [existsSync(join(values.pages, 'index.html')), './dev web'],
                               [browserFile && existsSync(browserFile), 'apt-get install chromium']]) {
    if (!there) {
        console.log(`not tried: run ${remedy}`);
        process.exit(77);
    }
}

const {launch} = await import('./browser.mjs');
const {startServer} = await import('./server.mjs');
const {buildCity} = await import('./city.mjs');
const shots = values.shots ?? join(here, '../../build/e2e');
let checks = 0, wrong = 0;

mkdirSync(shots, {recursive: true});
const server = await startServer({program: values.server, pages: values.pages, socket});
let browser;
try {
    const city = await buildCity(server);
    browser = await launch(browserFile);
    for (const file of readdirSync(join(here, 'stories')).sort()) {
        const name = file.replace(/\.mjs$/, '');
        if (values.story && !name.includes(values.story))
            continue;
        const before = wrong;
        const story = {name, shots, server, city, browser, expect(holds, what) {
            checks++;
            if (holds)
                return;
            wrong++;
            console.log(`    WRONG: ${what}`);
        }};
        const began = Date.now();
        try {
            await (await import(`./stories/${file}`)).default(story);
        } catch (error) {
            wrong++;
            console.log(`    WRONG: ${error.stack ?? error}`);
            for (const [i, context] of browser.contexts().entries()) { /* how it stood */
                await context.pages()[0]?.screenshot({path: join(shots, `${name}-FAILED-${i}.png`), fullPage: true});
                await context.close();
            }
        }
        console.log(`${wrong === before ? 'ok   ' : 'FAILED'} ${name.replaceAll('_', ' ')}` +
                    ` (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    }
} finally {
    await browser?.close();
    await server.stop();
}
console.log(`e2e: ${checks} checks, ${wrong} wrong; pictures in ${shots}`);
process.exit(wrong || checks === 0 ? 1 : 0);
