// A worker is asked to sign in on his own phone: a link as a picture to scan, and six digits.
import { useState } from 'preact/hooks';
import { post, type Schemas } from '../api/client';
import { moment } from '../parts/dates';
import { useDeed } from '../parts/deed';
import { Qr } from '../parts/qr';
import { explain } from '../parts/states';
import { t } from '../words';

export function Invite({ worker }: { worker: number }) {
    const [made, setMade] = useState<Schemas['Invitation']>();
    const deed = useDeed(async (key) => {
        setMade(await post('/v1/workers/{id}/invitation', { path: { id: worker }, key }));
    });
    return (
        <>
            <h2>{t('invite.title')}</h2>
            <p class="note">{t('invite.about')}</p>
            {made?.token && (
                <div class="card totp" role="status">
                    <Qr text={`${location.origin}/join#${made.token}`} label={t('invite.picture')} />
                    <p>{t('invite.digits', { worker: made.worker })} <code class="secret">{made.code}</code></p>
                    <p class="note">{t('invite.until', { at: moment(made.expires_at) })}</p>
                </div>
            )}
            {deed.refused && <p class="wrong" role="alert">{explain(deed.refused)}</p>}
            <p><button type="button" class="secondary" aria-busy={deed.busy} disabled={deed.busy} onClick={() => deed.run()}>{t('invite.do')}</button></p>
        </>
    );
}
