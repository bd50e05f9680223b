import {createHmac} from 'node:crypto';
import {DESK, INITIAL_BYTES_MAX, PHONE, initialBytes, look, person, signIn} from '../browser.mjs';
import {PASSWORD} from '../city.mjs';

/* RFC 6238, as an authenticator app computes it. */
function sixDigits(secret, stepsAside = 0) {
    const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
    const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
    const step = Buffer.alloc(8);
    step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + stepsAside));
    const mac = createHmac('sha1', key).update(step).digest();
    const at = mac[19] & 15;
    return String((mac.readUInt32BE(at) & 0x7fffffff) % 1e6).padStart(6, '0');
}

async function authenticator(s) {
    const he = await person(s.browser, s.server.base, DESK);
    await he.page.goto('/');
    await he.page.getByLabel('登录名').fill('office');
    await he.page.getByLabel('密码').fill(PASSWORD);
    await he.page.getByRole('button', {name: '登录'}).click();
    await he.page.getByRole('heading', {name: '设置验证器'}).waitFor();
    s.expect(await he.page.getByRole('navigation').count() === 0, 'nothing else before that');
    const secret = (await he.page.locator('code').innerText()).trim();
    await he.page.getByLabel('六位验证码').fill('000000');
    await he.page.getByRole('button', {name: '确认'}).click();
    await he.page.getByRole('alert').waitFor();
    await he.page.getByLabel('六位验证码').fill(sixDigits(secret));
    await he.page.getByRole('button', {name: '确认'}).click();
    await he.page.getByRole('heading', {name: '预警'}).waitFor();
    return {he, secret};
}

export default async function story(s) {
    const {he, secret} = await authenticator(s);
    const {page} = he;

    await page.getByText('黄码人员比例超过限值').first().waitFor();
    await page.getByText(/前整改，还有 \d+ 天/).first().waitFor();
    await look(s, he, '1-alerts');
    await page.getByRole('link', {name: '查看相关人员'}).first().click();
    await page.getByRole('button', {name: '黄码'}).and(page.locator('[aria-pressed=true]')).waitFor();
    await page.locator('main ul.people li').first().waitFor();
    s.expect(await page.getByRole('checkbox').count() === 0, 'an office prints no stickers');
    await page.getByRole('link', {name: '预警'}).click();
    await page.getByRole('button', {name: '已解除'}).click();
    await page.getByText('没有预警').waitFor();
    await look(s, he, '2-none-cleared');

    await page.getByRole('link', {name: '政策'}).click();
    await page.getByText('草案').first().waitFor();
    await look(s, he, '3-policies');
    await page.getByRole('link', {name: /第 2 号/}).click();
    await page.getByRole('heading', {name: '检查结果'}).waitFor();
    s.expect(await page.getByRole('button', {name: '开始试算'}).count() === 0, 'the province tries its own');
    await page.getByRole('link', {name: '返回政策列表'}).click();
    await page.getByRole('link', {name: /学习积分提高到100分/}).click();
    await page.getByRole('button', {name: '开始试算'}).click();
    await page.getByText(/人次中有 \d+ 人次变色/).waitFor();
    await page.getByText('学习积分').first().waitFor(); /* and why */
    await look(s, he, '4-trial');
    const bytes = await initialBytes(he, '/alerts');
    s.expect(bytes <= INITIAL_BYTES_MAX, `alerts take ${bytes} bytes`);
    console.log(`    alerts: ${bytes} bytes over the wire`);

    /* from now on the password is not enough; the digits that were just used are used up */
    await page.getByRole('link', {name: '我的', exact: true}).click();
    await page.getByRole('button', {name: '退出登录'}).click();
    await page.getByLabel('登录名').fill('office');
    await page.getByLabel('密码').fill(PASSWORD);
    await page.getByRole('button', {name: '登录'}).click();
    await page.getByLabel('六位验证码').fill(sixDigits(secret, 1));
    await look(s, he, '7-six-digits');
    await page.getByRole('button', {name: '登录'}).click();
    await page.getByRole('navigation').waitFor();
    await he.context.close();

    const inspector = await person(s.browser, s.server.base, PHONE);
    await signIn(inspector, 'inspector', PASSWORD);
    await inspector.page.getByText('黄码人员比例超过限值').first().waitFor();
    await look(s, inspector, '5-inspector-360');
    await inspector.page.getByRole('link', {name: '政策'}).click();
    await inspector.page.getByRole('link', {name: /第 3 号/}).click();
    await inspector.page.getByRole('heading', {name: '检查结果'}).waitFor();
    s.expect(await inspector.page.getByRole('button', {name: '开始试算'}).count() === 0, 'an inspector tries no policy');
    await look(s, inspector, '6-policy-360');
    await inspector.context.close();
}
