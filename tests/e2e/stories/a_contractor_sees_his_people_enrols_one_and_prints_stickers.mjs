import {readFileSync} from 'node:fs';
import {DESK, INITIAL_BYTES_MAX, PHONE, initialBytes, look, person, signIn} from '../browser.mjs';
import {idNumber, PASSWORD} from '../city.mjs';

async function list(s, she) {
    const {page} = she;
    const people = page.getByRole('main').getByRole('listitem');
    const badges = (word) => people.filter({hasText: word});

    await page.getByText('钢筋工 ·').first().waitFor();
    await look(s, she, '1-people');
    s.expect(await people.count() === 50, `a page holds 50 people, not ${await people.count()}`);
    await page.getByRole('button', {name: '显示更多'}).click();
    await page.getByRole('button', {name: '显示更多'}).waitFor({state: 'detached'});
    s.expect(await people.count() === s.city.people.length, `all ${s.city.people.length} are listed once`);

    await page.getByRole('button', {name: '红码'}).click();
    await page.getByText('王*').waitFor();
    await page.waitForFunction(() => document.querySelectorAll('main ul.people li').length === 1);
    s.expect(await badges('红').count() === 1, 'one is red');
    await page.getByRole('button', {name: '黄码'}).click();
    await page.getByLabel('工种').selectOption('混凝土工');
    await page.waitForFunction(() => [...document.querySelectorAll('main ul.people li')]
        .every((one) => one.textContent.includes('混凝土工')));
    await page.reload(); /* filters stand in the address */
    await page.getByText('混凝土工 ·').first().waitFor();
    s.expect(await page.getByLabel('工种').inputValue() === '040', 'the filter survives a reload');
    await page.getByLabel('工种').selectOption('爆破工');
    await page.getByText('没有人员').waitFor();
    await look(s, she, '2-nobody');
    await page.getByLabel('工种').selectOption('');
    await page.getByRole('button', {name: '全部', exact: true}).click();
    await page.getByLabel('工地').selectOption('盐城先锋广场二期');
    await page.getByText('钢筋工 ·').first().waitFor();
}

async function stickers(s, she) {
    const {page} = she;
    const boxes = page.getByRole('checkbox');

    for (let i = 0; i < 3; i++)
        await boxes.nth(i).check();
    await page.getByText('已选 3 人').waitFor();
    await look(s, she, '3-ticked');
    const [download] = await Promise.all([page.waitForEvent('download'),
                                          page.getByRole('button', {name: '打印帽贴（PDF）'}).click()]);
    const bytes = readFileSync(await download.path());
    s.expect(download.suggestedFilename() === '帽贴.pdf', `a file named ${download.suggestedFilename()}`);
    s.expect(bytes.subarray(0, 5).toString() === '%PDF-', 'a PDF');
}

async function enrol(s, she) {
    const {page} = she;
    const number = idNumber('19900228', 731);
    const field = page.getByLabel('身份证号');

    await page.getByRole('link', {name: '登记人员'}).click();
    await page.getByLabel('姓名').fill('孙小梅');
    await field.pressSequentially(number.slice(0, 12));
    await page.getByText('还差 6 位').waitFor();
    await field.fill(number.slice(0, 17) + (number[17] === '1' ? '2' : '1'));
    await page.getByText('校验位不对，请对照身份证检查').waitFor();
    await look(s, she, '4-check-digit');
    s.expect(await page.getByRole('button', {name: '登记', exact: true}).isDisabled(), 'a wrong number is not sent');
    await field.fill('990101199002310');
    await page.getByText('第 7 至 14 位不是有效的出生日期').waitFor();
    await field.fill(number.slice(0, 6) + ' ' + number.slice(6));
    await page.getByText('号码校验通过').waitFor();
    await page.getByLabel('工地').selectOption('盐城先锋广场二期');
    await page.getByLabel('工种').selectOption('木工');
    await page.getByText('更多（可不填）').click();
    await page.getByLabel('手机号').fill('13800005678');
    await look(s, she, '5-enrol');
    await page.getByRole('button', {name: '登记', exact: true}).click();
    await page.getByRole('heading', {name: '登记成功'}).waitFor();
    await look(s, she, '6-enrolled');
    await page.getByRole('button', {name: '查看此人'}).click();
    await page.getByRole('heading', {name: '孙小梅'}).waitFor();
    await page.getByText('系统中没有您的体检记录').first().waitFor();
    s.expect(await page.getByText(number).count() === 0, 'the number is masked from now on');
    await page.getByRole('button', {name: '生成邀请'}).click();
    await page.getByRole('img', {name: '供本人手机扫描的邀请二维码'}).waitFor();
    await look(s, she, '7-person');
}

export default async function story(s) {
    const she = await person(s.browser, s.server.base, DESK);
    await signIn(she, 'firm', PASSWORD);
    await list(s, she);
    await stickers(s, she);
    await enrol(s, she);
    await she.page.getByRole('link', {name: '即将变化'}).click();
    await she.page.getByLabel('时间范围').selectOption('90');
    await she.page.getByText('您的体检已过有效期').first().waitFor();
    await look(s, she, '8-forecast');
    const bytes = await initialBytes(she, '/people');
    s.expect(bytes <= INITIAL_BYTES_MAX, `the list takes ${bytes} bytes`);
    console.log(`    people: ${bytes} bytes over the wire`);
    await she.context.close();

    const phone = await person(s.browser, s.server.base, PHONE);
    await signIn(phone, 'firm', PASSWORD);
    await phone.page.getByText('钢筋工 ·').first().waitFor();
    await look(s, phone, '9-people-360');
    await phone.page.getByRole('link', {name: '王*'}).first().click();
    await phone.page.getByText('为什么').waitFor();
    await look(s, phone, 'a-person-360');
    await phone.page.getByRole('link', {name: '登记人员'}).click();
    await phone.page.getByLabel('姓名').waitFor();
    await look(s, phone, 'b-enrol-360');
    await phone.page.getByRole('link', {name: '预警'}).click();
    await phone.page.getByRole('heading', {name: '预警'}).waitFor();
    await look(s, phone, 'c-alerts-360');
    await phone.context.close();
}
