import { useState } from 'preact/hooks';
import { post, Refusal, session } from '../api/client';
import { useDeed } from '../parts/deed';
import { Field } from '../parts/fields';
import { explain } from '../parts/states';
import { go, place } from '../route';
import { t } from '../words';

export function SignIn() {
    const [login, setLogin] = useState('');
    const [password, setPassword] = useState('');
    const [code, setCode] = useState('');
    const [asksCode, setAsksCode] = useState(false);
    const deed = useDeed(async () => {
        const body = { login: login.trim(), password, ...(asksCode ? { code } : {}) };
        try {
            session.value = await post('/v1/session', { body });
            if (place.value.path === '/welcome') go('/', true);
        } catch (e) {
            if (!(e instanceof Refusal) || e.code !== 'totp_required') throw e;
            setAsksCode(true);
        }
    });
    const submit = (event: Event) => {
        event.preventDefault();
        deed.run();
    };
    return (
        <section class="narrow">
            <h1>{t('signin.title')}</h1>
            <form onSubmit={submit}>
                <Field label={t('signin.login')} value={login} set={setLogin} name="login" autocomplete="username" autocapitalize="none" spellcheck={false} required />
                <Field label={t('signin.password')} value={password} set={setPassword} type="password" name="password" autocomplete="current-password" required />
                {asksCode && (
                    <Field label={t('signin.code')} hint={t('signin.code_hint')} value={code} set={setCode} name="code" inputMode="numeric" pattern="[0-9]{6}" maxLength={6} autocomplete="one-time-code" autoFocus required />
                )}
                {deed.refused && <p class="wrong" role="alert">{explain(deed.refused)}</p>}
                <button type="submit" class="wide" aria-busy={deed.busy} disabled={deed.busy}>{t('signin.do')}</button>
            </form>
            <p class="note">{t('signin.workers')}</p>
            <p class="note">{t('signin.forgot')}</p>
        </section>
    );
}
