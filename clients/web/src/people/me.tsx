// Me: who I am here, my password, where I am signed in; of a worker, who looked at him.
import { useState } from 'preact/hooks';
import { get, post, remove, session, signOut } from '../api/client';
import { moment } from '../parts/dates';
import { useDeed } from '../parts/deed';
import { Field } from '../parts/fields';
import { explain, Loaded, useLoad } from '../parts/states';
import { t, word } from '../words';
import { Accesses } from './accesses';

function ChangePassword() {
    const [current, setCurrent] = useState('');
    const [password, setPassword] = useState('');
    const [done, setDone] = useState(false);
    const deed = useDeed(async () => {
        setDone(false);
        await post('/v1/session/password', { body: { current, password } });
        setCurrent('');
        setPassword('');
        setDone(true);
    });
    const submit = (event: Event) => {
        event.preventDefault();
        deed.run();
    };
    return (
        <details>
            <summary>{t('me.password')}</summary>
            <form onSubmit={submit} class="narrow">
                <Field label={t('me.current')} error={deed.refused?.of('/current')} type="password" autocomplete="current-password" value={current} set={setCurrent} required />
                <Field label={t('welcome.password')} hint={t('welcome.rule')} error={deed.refused?.of('/password')} type="password" autocomplete="new-password" value={password} set={setPassword} minLength={10} required />
                {deed.refused && !deed.refused.problem?.errors && <p class="wrong" role="alert">{explain(deed.refused)}</p>}
                {done && <p class="right" role="status">{t('me.password_done')}</p>}
                <button type="submit" aria-busy={deed.busy} disabled={deed.busy}>{t('welcome.do')}</button>
            </form>
        </details>
    );
}

/* "Chrome · Android" of what a browser calls itself; brands, alike in every language. */
function browserName(agent: string): string {
    const find = (names: string[]) => names.find((name) => agent.includes(name)) ?? '';
    const browser = find(['MicroMessenger', 'Edg', 'Firefox', 'Chrome', 'Safari']);
    const system = find(['Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'Linux']);
    const names: Record<string, string> = { MicroMessenger: 'WeChat', Edg: 'Edge', Mac: 'macOS' };
    const known = [browser, system].filter(Boolean).map((name) => names[name] ?? name);
    return known.join(' · ') || agent;
}

function Sessions() {
    const list = useLoad(() => get('/v1/sessions'), []);
    const end = useDeed(async (_key, id: number) => {
        await remove('/v1/sessions/{id}', { path: { id } });
        list.again();
    });
    return (
        <>
            <h2>{t('me.sessions')}</h2>
            <Loaded from={list}>
                {({ items }) => (
                    <ul class="cards">
                        {items.map((one) => (
                            <li key={one.id}>
                                <p class="agent">{browserName(one.agent)}</p>
                                <p class="note">{t('me.since', { at: moment(one.opened_at) })}</p>
                                {one.current
                                    ? <p class="note"><strong>{t('me.this')}</strong></p>
                                    : <button type="button" class="secondary" disabled={end.busy} onClick={() => end.run(one.id)}>{t('me.end')}</button>}
                            </li>
                        ))}
                    </ul>
                )}
            </Loaded>
        </>
    );
}

export function Me() {
    const who = session.value!;
    return (
        <section>
            <h1>{t('nav.me')}</h1>
            <dl class="facts">
                <div><dt>{t('me.role')}</dt><dd>{word('account', who.role)}</dd></div>
                {who.org_name && <div><dt>{t('me.org')}</dt><dd>{who.org_name}</dd></div>}
                {who.site_name && <div><dt>{t('field.site')}</dt><dd>{who.site_name}</dd></div>}
                {who.login && <div><dt>{t('signin.login')}</dt><dd>{who.login}</dd></div>}
            </dl>
            {who.login && <ChangePassword />}
            {who.worker && <Accesses worker={who.worker} />}
            {!who.worker && <Sessions />}
            <button type="button" class="secondary wide" onClick={() => void signOut()}>{t('me.sign_out')}</button>
        </section>
    );
}
