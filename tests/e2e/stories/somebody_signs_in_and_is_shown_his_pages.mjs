import {ask} from '../server.mjs';
import {PASSWORD} from '../city.mjs';
import {DESK, INITIAL_BYTES_MAX, PHONE, initialBytes, look, person, signIn} from '../browser.mjs';

export default async function story(s) {
    const her = await person(s.browser, s.server.base, PHONE);
    const bytes = await initialBytes(her, '/');
    s.expect(bytes <= INITIAL_BYTES_MAX, `the sign-in page takes ${bytes} bytes`);
    console.log(`    sign-in page: ${bytes} bytes over the wire`);
    await look(s, her, '1-sign-in');

    await her.page.getByLabel('登录名').fill('firm');
    await her.page.getByLabel('密码').fill('not this one');
    await her.page.getByRole('button', {name: '登录'}).click();
    await her.page.getByRole('alert').waitFor();
    await look(s, her, '2-refused');

    await her.page.getByRole('button', {name: 'English'}).click();
    await her.page.getByRole('heading', {name: 'Sign in'}).waitFor();
    s.expect(await her.page.evaluate(() => document.documentElement.lang) === 'en', 'the language is told');
    await look(s, her, '3-english');
    await her.page.reload();
    await her.page.getByRole('heading', {name: 'Sign in'}).waitFor(); /* remembered */
    await her.page.getByRole('button', {name: '中文'}).click();

    await signIn(her, 'firm', PASSWORD);
    s.expect(await her.page.getByRole('link', {name: '登记人员'}).count() === 1, 'a contractor enrols');
    s.expect(await her.page.getByRole('link', {name: '我的码'}).count() === 0, 'and has no code');
    await her.page.getByRole('link', {name: '我的', exact: true}).click();
    await her.page.getByText('就是这台设备').waitFor();
    await look(s, her, '4-me');

    /* by keyboard alone */
    await her.page.getByRole('button', {name: '退出登录'}).focus();
    await her.page.keyboard.press('Enter');
    await her.page.getByLabel('登录名').focus();
    await her.page.keyboard.type('officer');
    await her.page.keyboard.press('Tab');
    await her.page.keyboard.type(PASSWORD);
    await her.page.keyboard.press('Enter');
    await her.page.getByRole('navigation').waitFor();
    s.expect(await her.page.getByRole('link', {name: '登记人员'}).count() === 0, 'an officer does not enrol');

    const cookies = await her.context.cookies();
    s.expect(cookies.every((one) => one.httpOnly && one.secure), 'no script reads a cookie');
    await her.context.close();

    const he = await person(s.browser, s.server.base, DESK);
    await he.page.goto('/');
    await he.page.getByLabel('登录名').fill('operator');
    await he.page.getByLabel('密码').fill(PASSWORD);
    await he.page.getByRole('button', {name: '登录'}).click();
    await he.page.getByRole('heading', {name: '设置验证器'}).waitFor();
    await he.page.getByRole('img').first().waitFor();
    await look(s, he, '5-authenticator');
    await he.context.close();

    const reply = await ask(s.server.base, 'GET', '/', {headers: {accept: 'text/html', 'accept-encoding': 'gzip'}});
    s.expect(reply.headers['content-encoding'] === 'gzip', 'pages come compressed');
    s.expect(!/unsafe-(inline|eval)'/.test(reply.headers['content-security-policy'].replace("'wasm-unsafe-eval'", '')), 'nothing inline may run');
}
