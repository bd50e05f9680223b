/* A browser as people have it, and what is true of every page: nothing is asked of others, nothing is
 * refused by the CSP, no serious fault of accessibility, nothing wider than the screen, and a picture
 * of it is kept. */
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {chromium} from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const PHONE = {width: 360, height: 740};
export const DESK = {width: 1100, height: 800};
export const INITIAL_BYTES_MAX = 45 * 1024;

export const launch = (program) =>
    chromium.launch({executablePath: program, args: ['--no-sandbox', '--disable-dev-shm-usage']});

/* Somebody's browser, with its cookies. */
export async function person(browser, base, size) {
    const context = await browser.newContext({
        ignoreHTTPSErrors: true, viewport: size, baseURL: base, locale: 'zh-CN',
        timezoneId: 'Asia/Shanghai', hasTouch: size === PHONE, acceptDownloads: true,
        extraHTTPHeaders: {}, reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const faults = [];
    page.setDefaultTimeout(60000); /* machines that test much at once are slow */
    page.on('console', (message) => {
        if (message.type() === 'error' && !/status of (401|409|422|404)/.test(message.text()))
            faults.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
    page.on('request', (request) => {
        if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url()))
            faults.push(`asks others: ${request.url()}`);
    });
    return {context, page, faults, base};
}

export async function signIn(someone, login, password) {
    await someone.page.goto('/');
    await someone.page.getByLabel('登录名').fill(login);
    await someone.page.getByLabel('密码').fill(password);
    await someone.page.getByRole('button', {name: '登录'}).click();
    await someone.page.getByRole('navigation').waitFor();
}

async function axeFaults(page) {
    await page.evaluate(axe);
    const {violations} = await page.evaluate(() =>
        globalThis.axe.run(document, {resultTypes: ['violations'],
                                      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}));
    return violations.filter((one) => ['serious', 'critical'].includes(one.impact))
        .map((one) => `axe ${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((n) => n.target + ' ' +
            (n.any?.[0]?.message ?? '')).join(' | ')}`);
}

/* Looks at the page as it stands now. */
export async function look(story, someone, name) {
    const {page} = someone;
    await page.waitForLoadState('networkidle');
    await page.waitForFunction(() => !document.querySelector('[aria-busy=true]')); /* nothing is on its way */
    await page.screenshot({path: join(story.shots, `${story.name}-${name}.png`), fullPage: true});
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    story.expect(wider <= 0, `${name}: wider than the screen by ${wider} px`);
    for (const fault of await axeFaults(page))
        story.expect(false, `${name}: ${fault}`);
    for (const fault of someone.faults.splice(0))
        story.expect(false, `${name}: ${fault}`);
}

/* What comes over the wire until the page stands, as a browser that has nothing of it asks for it:
 * files only, compressed as sent. */
export async function initialBytes(someone, path) {
    const session = await someone.context.newCDPSession(someone.page);
    const files = new Map();
    let bytes = 0;
    await session.send('Network.enable');
    await session.send('Network.setCacheDisabled', {cacheDisabled: true});
    await session.send('Network.setExtraHTTPHeaders', {headers: {'Accept-Encoding': 'gzip'}});
    const forms = new Set();
    session.on('Network.responseReceived', ({requestId, response}) => {
        if (!new URL(response.url).pathname.startsWith('/v1/'))
            files.set(requestId, response.url);
        forms.add(response.headers['content-encoding'] ?? response.headers['Content-Encoding']);
    });
    session.on('Network.loadingFinished', ({requestId, encodedDataLength}) => {
        if (files.has(requestId))
            bytes += encodedDataLength;
    });
    await someone.page.goto(path);
    await someone.page.waitForLoadState('networkidle');
    await session.detach();
    if (forms.has('br'))
        throw new Error('counted in another form than gzip');
    return bytes;
}
