// Sites beyond a limit: since when, until when they have time, what must be done.
import { useState } from 'preact/hooks';
import { get, type Schemas } from '../api/client';
import { day, today, daysBetween } from '../parts/dates';
import { More } from '../parts/more';
import { Empty } from '../parts/states';
import { Standing } from '../firm/standing';
import { t } from '../words';

type Alert = Schemas['Alert'];
type State = Alert['state'];

function Deadline({ alert }: { alert: Alert }) {
    if (alert.ended_on) return <span class="note">{t('alert.ended', { date: day(alert.ended_on) })}</span>;
    const left = daysBetween(today(), alert.deadline);
    if (left < 0) return <strong class="wrong">{t('alert.late', { date: day(alert.deadline), days: -left })}</strong>;
    return <strong>{t('alert.left', { date: day(alert.deadline), days: left })}</strong>;
}

function One({ alert }: { alert: Alert }) {
    return (
        <li>
            <p class="head"><strong>{alert.site_name}</strong> <span class={`state ${alert.state}`}>{t(`alert.state.${alert.state}`)}</span></p>
            <p>{t(`alert.kind.${alert.kind}`)}</p>
            <p><Deadline alert={alert} /></p>
            <p class="note">{t('alert.opened', { date: day(alert.opened_on) })} · {t(`alert.then.${alert.then}`)}</p>
            <Standing site={alert.site} />
            <p><a href={`/people?site=${alert.site}&colour=${alert.kind === 'red_count' ? 'red' : 'yellow'}`}>{t('alert.people')}</a></p>
        </li>
    );
}

export function Alerts() {
    const [state, setState] = useState<State | ''>('open');
    const load = (after?: string) =>
        get('/v1/alerts', { query: { limit: 20, after: after === undefined ? undefined : Number(after), state: state || undefined } as never });
    return (
        <section>
            <h1>{t('nav.alerts')}</h1>
            <p class="note">{t('alert.about')}</p>
            <div class="segments" role="group" aria-label={t('field.state')}>
                {(['open', 'escalated', 'cleared'] as const).map((one) => (
                    <button type="button" key={one} aria-pressed={state === one} onClick={() => setState(one)}>{t(`alert.state.${one}`)}</button>
                ))}
            </div>
            <More load={load} what={[state]} empty={<Empty title={t('alert.empty')}><p>{t('alert.empty_hint')}</p></Empty>}>
                {(items) => <ul class="cards">{items.map((alert) => <One key={alert.id} alert={alert} />)}</ul>}
            </More>
        </section>
    );
}
