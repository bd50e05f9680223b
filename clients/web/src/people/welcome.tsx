// Behind the operator's link: a password is chosen. What the link is for stands after '#', which
// browsers send to nobody.
import { useState } from 'preact/hooks';
import { post } from '../api/client';
import { useDeed } from '../parts/deed';
import { Field } from '../parts/fields';
import { explain } from '../parts/states';
import { go } from '../route';
import { t } from '../words';

const LEAST = 10;

export function Welcome() {
    const [token] = useState(location.hash.slice(1));
    const [password, setPassword] = useState('');
    const [again, setAgain] = useState('');
    const [login, setLogin] = useState<string>();
    const differs = again !== '' && again !== password;
    const deed = useDeed(async () => {
        const chosen = await post('/v1/password', { body: { token, password } });
        setLogin(chosen.login);
        history.replaceState(null, '', '/welcome');
    });
    const submit = (event: Event) => {
        event.preventDefault();
        if (!differs) deed.run();
    };
    if (login)
        return (
            <section class="narrow">
                <h1>{t('welcome.done')}</h1>
                <p>{t('welcome.login', { login })}</p>
                <button type="button" class="wide" onClick={() => go('/')}>{t('signin.do')}</button>
            </section>
        );
    return (
        <section class="narrow">
            <h1>{t('welcome.title')}</h1>
            <form onSubmit={submit}>
                <Field label={t('welcome.password')} hint={t('welcome.rule')} error={deed.refused?.of('/password')} type="password" autocomplete="new-password" value={password} set={setPassword} minLength={LEAST} required />
                <Field label={t('welcome.again')} error={differs ? t('welcome.differs') : ''} type="password" autocomplete="new-password" value={again} set={setAgain} required />
                {deed.refused && !deed.refused.of('/password') && <p class="wrong" role="alert">{explain(deed.refused)}</p>}
                <button type="submit" class="wide" aria-busy={deed.busy} disabled={deed.busy}>{t('welcome.do')}</button>
            </form>
        </section>
    );
}
