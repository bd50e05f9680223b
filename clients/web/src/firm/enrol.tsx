// One person is enrolled and engaged. The document number is judged while it is typed.
import { useState } from 'preact/hooks';
import { post, type Schemas } from '../api/client';
import { today } from '../parts/dates';
import { useDeed } from '../parts/deed';
import { Choice, Field } from '../parts/fields';
import { explain, useLoad } from '../parts/states';
import { t, word } from '../words';
import { allSites, trades } from './directory';
import { judgeIdNumber, tidy } from './id_number';

type NewWorker = Schemas['NewWorker'];
const roles = ['worker', 'manager', 'project_manager', 'safety_officer', 'supervisor', 'head'] as const;
const agreements = ['labour_contract', 'written_agreement'] as const;
const blank = { name: '', document_number: '', phone: '', site: '', trade: '', role: 'worker', team: '', from: '', agreement: '' };

function bodyOf(form: typeof blank): NewWorker {
    const body = {
        name: form.name.trim(),
        document_number: form.document_number,
        site: Number(form.site),
        trade: form.trade,
        role: form.role,
        from: form.from || today(),
        ...(form.phone ? { phone: form.phone } : {}),
        ...(form.team ? { team: form.team } : {}),
        ...(form.agreement ? { agreement: form.agreement, agreement_from: form.from || today() } : {}),
    };
    return body as NewWorker;
}

function Done({ name, worker, another }: { name: string; worker: number; another: () => void }) {
    return (
        <section class="narrow">
            <div class="card" role="status">
                <h1>{t('enrol.done')}</h1>
                <p>{t('enrol.done_hint', { name })}</p>
                <p class="actions">
                    <a role="button" href={`/people/${worker}`}>{t('enrol.open')}</a>
                    <button type="button" class="secondary" onClick={another}>{t('enrol.another')}</button>
                </p>
            </div>
        </section>
    );
}

export function Enrol() {
    const [form, setForm] = useState(blank);
    const [done, setDone] = useState<number>();
    const sites = useLoad(allSites, []);
    const judged = judgeIdNumber(form.document_number);
    const deed = useDeed(async (key) => {
        const made = (await post('/v1/workers', { key, body: bodyOf(form) })) as Schemas['EnrolAnswer'];
        setDone(made.worker);
    });
    const set = (field: keyof typeof blank) => (value: string) => setForm((now) => ({ ...now, [field]: value }));
    const wrong = (field: string) => deed.refused?.of(`/${field}`);
    const submit = (event: Event) => {
        event.preventDefault();
        if (judged.state === 'right') deed.run();
    };
    if (done !== undefined)
        return (
            <Done name={form.name.trim()} worker={done} another={() => {
                setForm({ ...blank, site: form.site, trade: form.trade, team: form.team });
                setDone(undefined);
            }} />
        );
    const about = t(judged.key, { left: judged.left ?? 0 });
    return (
        <section class="narrow">
            <h1>{t('nav.enrol')}</h1>
            <p class="note">{t('enrol.about')}</p>
            <form onSubmit={submit}>
                <Field label={t('field.name')} error={wrong('name')} value={form.name} set={set('name')} name="name" maxLength={60} autocomplete="off" required />
                <Field label={t('field.id_number')} hint={about} error={judged.state === 'wrong' ? about : wrong('document_number')} ok={judged.state === 'right'} value={form.document_number} set={(typed) => set('document_number')(tidy(typed))} name="document_number" maxLength={22} autocomplete="off" autocapitalize="characters" spellcheck={false} required />
                <Choice label={t('field.site')} error={wrong('site')} value={form.site} set={set('site')} required>
                    <option value="">{t('enrol.choose')}</option>
                    {(sites.value ?? []).map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
                </Choice>
                <Choice label={t('field.trade')} error={wrong('trade')} value={form.trade} set={set('trade')} required>
                    <option value="">{t('enrol.choose')}</option>
                    {trades.map((code) => <option key={code} value={code}>{word('trade', code)}</option>)}
                </Choice>
                <details>
                    <summary>{t('enrol.more')}</summary>
                    <Choice label={t('field.role')} error={wrong('role')} value={form.role} set={set('role')}>
                        {roles.map((code) => <option key={code} value={code}>{word('rec.role', code)}</option>)}
                    </Choice>
                    <Field label={t('field.phone')} error={wrong('phone')} value={form.phone} set={set('phone')} name="phone" type="tel" pattern="1[3-9][0-9]{9}" title={t('field.phone_hint')} hint={t('field.phone_hint')} autocomplete="off" />
                    <Field label={t('field.team')} error={wrong('team')} value={form.team} set={set('team')} name="team" maxLength={60} autocomplete="off" />
                    <Field label={t('field.from')} hint={t('field.from_hint')} error={wrong('from')} value={form.from} set={set('from')} name="from" type="date" />
                    <Choice label={t('field.agreement')} error={wrong('agreement')} value={form.agreement} set={set('agreement')}>
                        <option value="">{t('enrol.no_agreement')}</option>
                        {agreements.map((code) => <option key={code} value={code}>{word('rec.type', code)}</option>)}
                    </Choice>
                </details>
                {deed.refused && <p class="wrong" role="alert">{explain(deed.refused)}</p>}
                <button type="submit" class="wide" aria-busy={deed.busy} disabled={deed.busy || judged.state !== 'right'}>{t('enrol.do')}</button>
            </form>
        </section>
    );
}
