import {INITIAL_BYTES_MAX, PHONE, initialBytes, look, person} from '../browser.mjs';
import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';

async function join_(s, worker) {
    const {token} = await s.city.must('POST', `/v1/workers/${worker}/invitation`, s.city.contractor.key);
    const he = await person(s.browser, s.server.base, PHONE);
    await he.page.goto(`/join#${token}`);
    await he.page.getByRole('button', {name: '绑定并显示我的码'}).waitFor();
    return he;
}
async function enter(he) {
    await he.page.getByRole('button', {name: '绑定并显示我的码'}).click();
    await he.page.getByRole('img', {name: '供闸机扫描的二维码'}).waitFor();
    await he.page.getByText(/秒后自动更新/).waitFor();
}

export default async function story(s) {
    const green = await join_(s, s.city.green);
    await look(s, green, '1-join');
    await enter(green);
    await green.page.getByText('绿码', {exact: true}).waitFor();
    await green.page.getByText(/黄码从.*起：/).waitFor(); /* the exam ends in 45 days */
    await look(s, green, '2-green');

    /* what is drawn is a code that gates read */
    const qr = green.page.getByRole('img', {name: '供闸机扫描的二维码'});
    const shot = join(s.shots, `${s.name}-qr.png`);
    await qr.screenshot({path: shot});
    if (existsSync('/usr/bin/zbarimg')) {
        const text = execFileSync('zbarimg', ['-q', '--raw', shot], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).trim();
        s.expect(/^JA1\.[A-Z2-7]+$/.test(text), `zbar reads ${text.slice(0, 12)}`);
        await green.page.waitForTimeout(33000); /* renewed before it ends */
        await qr.screenshot({path: shot});
        const later = execFileSync('zbarimg', ['-q', '--raw', shot], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).trim();
        s.expect(/^JA1\./.test(later) && later !== text, 'another code after half a minute');
    }

    /* without network the code says how long it lives, then goes away */
    await green.context.setOffline(true);
    await green.page.getByText(/连不上服务器，此码 \d+ 秒后失效/).waitFor({timeout: 40000});
    s.expect(await qr.count() === 1, 'a code that still lives is shown without network');
    green.faults.length = 0;
    await green.context.setOffline(false);
    await green.page.getByText(/秒后自动更新/).waitFor();
    green.faults.length = 0;

    await green.page.getByRole('link', {name: '日历'}).click();
    await green.page.getByText(/黄码从.*起：/).first().waitFor();
    await look(s, green, '3-calendar');
    await green.page.getByRole('link', {name: '记录'}).click();
    await green.page.getByText('公司级三级教育').waitFor();
    await look(s, green, '4-records');
    await green.page.getByRole('link', {name: '我的', exact: true}).click();
    await green.page.getByRole('heading', {name: '谁看过'}).waitFor();
    await look(s, green, '5-me');
    const bytes = await initialBytes(green, '/');
    s.expect(bytes <= INITIAL_BYTES_MAX, `my code takes ${bytes} bytes`);
    console.log(`    my code: ${bytes} bytes over the wire`);
    await green.context.close();

    const red = await join_(s, s.city.red);
    await enter(red);
    await red.page.getByText('红码', {exact: true}).first().waitFor();
    for (const part of ['怎么办', '找谁帮忙'])
        await red.page.getByText(part).first().waitFor(); /* with no tap at all */
    await look(s, red, '6-red');

    /* an appeal in four taps */
    let taps = 0;
    const tap = async (what) => {
        taps++;
        await what.click();
    };
    await tap(red.page.getByRole('button', {name: '申诉'}).first());
    await red.page.getByText('哪里不对？').waitFor();
    await look(s, red, '7-appeal');
    await tap(red.page.getByRole('button', {name: '这条记录说的不是我。'}));
    await tap(red.page.getByRole('button', {name: '提交申诉'}));
    await red.page.getByText('等待答复').waitFor();
    s.expect(taps <= 4, `an appeal takes ${taps} taps`);
    await red.page.getByText(/前答复/).waitFor();
    await look(s, red, '8-filed');
    await red.page.getByRole('link', {name: '申诉', exact: true}).click();
    await red.page.getByText('等待答复').waitFor();
    await look(s, red, '9-appeals');
    await red.context.close();

    const yellow = await join_(s, s.city.yellow);
    await enter(yellow);
    await look(s, yellow, 'a-yellow');
    await yellow.page.getByRole('button', {name: 'English'}).click();
    await yellow.page.getByText('What to do').first().waitFor();
    await look(s, yellow, 'b-yellow-english');
    await yellow.page.getByRole('link', {name: 'Appeals', exact: true}).click();
    await yellow.page.getByText('No appeals').waitFor();
    await look(s, yellow, 'c-none');
    await yellow.context.close();
}
