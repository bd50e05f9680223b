// Who changes colour within some days if nothing is recorded, in the order of days.
import { useState } from 'preact/hooks';
import { get } from '../api/client';
import { Badge } from '../parts/colour';
import { day } from '../parts/dates';
import { Choice } from '../parts/fields';
import { More } from '../parts/more';
import { Empty, useLoad } from '../parts/states';
import { t, word } from '../words';
import { allSites, siteName } from './directory';

function Turn({ from, to }: { from: string; to: string }) {
    if (from === to) return <span class="turn">{t('forecast.stays')} <Badge colour={to} /></span>;
    return (
        <span class="turn">
            <Badge colour={from} /> <span aria-hidden="true">→</span> <span class="hidden">{t('forecast.becomes')}</span> <Badge colour={to} />
        </span>
    );
}

export function Forecast() {
    const [days, setDays] = useState('30');
    const [site, setSite] = useState('');
    const sites = useLoad(allSites, []);
    const load = (after?: string) =>
        get('/v1/forecast', {
            query: { limit: 50, after: after === undefined ? undefined : Number(after), days: Number(days), site: Number(site) || undefined },
        });
    return (
        <section>
            <h1>{t('nav.forecast')}</h1>
            <p class="note">{t('forecast.about')}</p>
            <div class="filters">
                <Choice label={t('forecast.within')} value={days} set={setDays}>
                    {['7', '30', '90', '180'].map((n) => <option key={n} value={n}>{t('forecast.days', { n })}</option>)}
                </Choice>
                <Choice label={t('field.site')} value={site} set={setSite}>
                    <option value="">{t('list.all_sites')}</option>
                    {(sites.value ?? []).map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
                </Choice>
            </div>
            <More load={load} what={[days, site]} empty={<Empty title={t('forecast.empty')} />}>
                {(items) => (
                    <ul class="cards">
                        {items.map((one) => (
                            <li key={`${one.worker}.${one.on}.${one.site}`}>
                                <p class="head">
                                    <time datetime={one.on}><strong>{day(one.on)}</strong></time>
                                    <Turn from={one.from} to={one.to} />
                                </p>
                                <p><a href={`/people/${one.worker}`}>{one.name ?? t('people.erased')}</a> <span class="note">{word('trade', one.trade)} · {siteName(sites.value, one.site)}</span></p>
                                {one.begins.map((reason) => <p key={reason.code + reason.scope}>{reason.what} <span class="note">{reason.remedy}</span></p>)}
                                {one.ends.map((reason) => <p key={reason.code + reason.scope} class="note">{t('forecast.ends', { what: reason.what })}</p>)}
                            </li>
                        ))}
                    </ul>
                )}
            </More>
        </section>
    );
}
