// Operators and regulators sign in with six digits as well: their app is set up before all else.
import { useState } from 'preact/hooks';
import { post, signOut, whoAmI } from '../api/client';
import { useDeed } from '../parts/deed';
import { Field } from '../parts/fields';
import { Qr } from '../parts/qr';
import { explain, Loaded, useLoad } from '../parts/states';
import { t } from '../words';

export function SetUpTotp() {
    const secret = useLoad(() => post('/v1/session/totp'), []);
    const [code, setCode] = useState('');
    const deed = useDeed(async () => {
        await post('/v1/session/totp/confirm', { body: { code } });
        await whoAmI();
    });
    const submit = (event: Event) => {
        event.preventDefault();
        deed.run();
    };
    return (
        <section class="narrow">
            <h1>{t('totp.title')}</h1>
            <p>{t('totp.why')}</p>
            <Loaded from={secret}>
                {(made) => (
                    <form onSubmit={submit}>
                        <div class="totp"><Qr text={made.uri} label={t('totp.picture')} /></div>
                        <p class="note">{t('totp.typed')} <code class="secret">{made.secret}</code></p>
                        <Field label={t('signin.code')} hint={t('signin.code_hint')} value={code} set={setCode} name="code" inputMode="numeric" pattern="[0-9]{6}" maxLength={6} autocomplete="one-time-code" required />
                        {deed.refused && <p class="wrong" role="alert">{explain(deed.refused)}</p>}
                        <button type="submit" class="wide" aria-busy={deed.busy} disabled={deed.busy}>{t('totp.do')}</button>
                    </form>
                )}
            </Loaded>
            <button type="button" class="secondary wide" onClick={() => void signOut()}>{t('me.sign_out')}</button>
        </section>
    );
}
