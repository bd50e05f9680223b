// Behind a worker's invitation: this phone becomes his. Without the link, his number and six digits.
import { useState } from 'preact/hooks';
import { post, whoAmI } from '../api/client';
import { useDeed } from '../parts/deed';
import { Field } from '../parts/fields';
import { explain } from '../parts/states';
import { go } from '../route';
import { t } from '../words';
import { newPhoneKey } from './phone_key';

export function Join() {
    const [token] = useState(location.hash.slice(1));
    const [worker, setWorker] = useState('');
    const [code, setCode] = useState('');
    const deed = useDeed(async () => {
        const device_key = await newPhoneKey();
        const shown = token ? { token } : { worker: Number(worker), code };
        await post('/v1/session/worker', { body: { ...shown, device_key } });
        await whoAmI();
        go('/', true);
    });
    const submit = (event: Event) => {
        event.preventDefault();
        deed.run();
    };
    return (
        <section class="narrow">
            <h1>{t('join.title')}</h1>
            <p>{t('join.about')}</p>
            <form onSubmit={submit}>
                {!token && (
                    <>
                        <Field label={t('join.number')} value={worker} set={setWorker} name="worker" inputMode="numeric" pattern="[0-9]{1,18}" required />
                        <Field label={t('join.code')} value={code} set={setCode} name="code" inputMode="numeric" pattern="[0-9]{6}" maxLength={6} required />
                    </>
                )}
                {deed.refused && <p class="wrong" role="alert">{explain(deed.refused)}</p>}
                <button type="submit" class="wide" aria-busy={deed.busy} disabled={deed.busy}>{t('join.do')}</button>
            </form>
            <p class="note">{t('join.lost')}</p>
        </section>
    );
}
