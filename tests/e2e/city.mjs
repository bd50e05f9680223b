/* Who the stories are about: one site in Yancheng, a contractor, people of every colour. Nobody of
 * them exists: numbers begin with 99. */
import {ask} from './server.mjs';

export const PASSWORD = 'four calm cranes';
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

export function idNumber(birth, n) {
    const digits = `990101${birth}${String(n).padStart(3, '0')}`;
    const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(digits[i]), 0);
    return digits + '10X98765432'[sum % 11];
}

export const dayAfter = (days) =>
    new Date(Date.now() + 8 * 3600e3 + days * 86400e3).toISOString().slice(0, 10);

export async function buildCity({base, operator}) {
    const must = async (method, path, key, body) => {
        const reply = await ask(base, method, path, {key, body});
        if (reply.status >= 300)
            throw new Error(`${method} ${path}: ${reply.status} ${reply.bytes}`);
        const refused = reply.body?.items?.find((item) => item.status >= 300);
        if (refused)
            throw new Error(`${method} ${path}: ${JSON.stringify(refused)}`);
        return reply.body;
    };
    const set = (path, body) => must('POST', path, operator, body);
    const org = async (kind, name, more = {}) => (await set('/v1/orgs', {kind, name, ...more})).id;
    const account = async (role, of, label, more = {}) =>
        set('/v1/accounts', {role, org: of, label, ...more});
    const login = async (made, name) => {
        const link = await set(`/v1/accounts/${made.id}/login`, {login: name});
        await must('POST', '/v1/password', null, {token: link.token, password: PASSWORD});
    };

    const firm = await org('contractor', '盐城海风劳务有限公司', {permit_state: 'valid', region: '320900'});
    const ministry = await org('regulator', '盐城市住房和城乡建设局', {region: '320900'});
    const contractor = await account('contractor', firm, '资料员');
    const clinic = await account('clinic', await org('clinic', '盐城安康体检中心'), '体检');
    const centre = await account('training_centre', await org('training_centre', '盐城筑安培训学校', {
        accreditations: ['entry_company', 'entry_project', 'entry_team']}), '培训');
    const site = (await set('/v1/sites', {name: '盐城先锋广场二期', region: '320900', org: firm})).id;
    const other = (await set('/v1/sites', {name: '盐城串场河桥梁工程', region: '320900', org: firm})).id;
    const officer = await account('safety_officer', firm, '安全员', {site});
    const inspector = await account('inspector', ministry, '监督员', {region: '3209'});
    const regulator = await account('regulator', ministry, '科员', {region: '3209'});
    for (const [made, name] of [[contractor, 'firm'], [clinic, 'clinic'], [centre, 'school'],
                                [officer, 'officer'], [inspector, 'inspector'], [regulator, 'office']])
        await login(made, name);

    await login({id: (await must('GET', '/v1/session', operator)).account}, 'operator');

    const people = [];
    const plan = (name, birth, trade, at, flaws = {}) =>
        people.push({name, trade, at, flaws, number: idNumber(birth, people.length + 100)});
    plan('张建国', '19850312', '020', site, {until: dayAfter(45)});
    plan('李福海', '19790520', '040', site, {exam: true});
    plan('王秀英', '19880715', '010', site, {violation: 4});
    for (let i = 0; i < 62; i++)
        plan(`${'赵钱孙周吴郑冯陈'[i % 8]}${'大二三小'[i % 4]}${'牛山河海明强'[i % 6]}`,
             `19${70 + i % 28}0${1 + i % 9}1${i % 9}`, ['020', '040', '390', '240'][i % 4],
             i % 3 ? site : other, i % 9 === 4 ? {exam: true} : {until: dayAfter(20 + 7 * i)});

    const {items} = await must('POST', '/v1/workers', contractor.key, people.map((one) => ({
        name: one.name, document_number: one.number, site: one.at, trade: one.trade, from: dayAfter(-20),
        phone: '13800005678', team: '一班', agreement: 'labour_contract', agreement_from: dayAfter(-20)})));
    items.forEach((item, i) => (people[i].worker = item.worker));
    const shown = (one) => ({document_type: 1, document_number: one.number});
    await must('POST', '/v1/exams', clinic.key, people.filter((one) => !one.flaws.exam).map((one) => ({
        ...shown(one), kind: 'exam', occurred_on: dayAfter(-10), conclusion: 'no_abnormality',
        valid_until: one.flaws.until ?? dayAfter(300)})));
    await must('POST', '/v1/trainings', centre.key, people.flatMap((one) => [
        ...['entry_company', 'entry_project', 'entry_team'].map((type) => ({
            ...shown(one), kind: 'training', occurred_on: dayAfter(-9), type, hours: 20, passed: true})),
        {...shown(one), kind: 'study', occurred_on: dayAfter(-8), points: 80}]));
    await must('POST', '/v1/trainings', officer.key, people.filter((one) => one.at === site).map((one) => ({
        worker: one.worker, kind: 'training', occurred_on: dayAfter(-9), type: 'site_entry', site,
        hours: 4, passed: true})));
    for (const one of people.filter((each) => each.flaws.violation))
        await must('POST', '/v1/violations', officer.key, {worker: one.worker, kind: 'violation',
            site: one.at, occurred_on: dayAfter(-3), class: 'operation', category: '7.11',
            severity: one.flaws.violation});
    const [green, yellow, red] = people.map((one) => one.worker);
    const draft = (await must('GET', '/v1/policies/3', regulator.key)).document;
    Object.assign(draft, {number: 320999, id: 'YC-E2E',
        title: {zh: '盐城建安码（学习积分提高到100分，草案）', en: 'Yancheng, 100 study points (draft)'}});
    draft.rules.find((rule) => rule.kind === 'study_points').points = 100;
    await must('POST', '/v1/policies', regulator.key, draft);
    return {site, other, green, yellow, red, people, must, contractor, inspector, regulator};
}
