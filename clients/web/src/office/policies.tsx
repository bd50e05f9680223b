// The policies of regions: which one is in force, which is a draft.
import { get, session } from '../api/client';
import { day } from '../parts/dates';
import { More } from '../parts/more';
import { Empty } from '../parts/states';
import { t } from '../words';

export const regionName = (region: string): string =>
    region ? t('policy.region', { region }) : t('policy.everywhere');

export function Policies() {
    const load = (after?: string) =>
        get('/v1/policies', { query: { limit: 50, after: after === undefined ? undefined : Number(after) } });
    const mine = session.value?.region ?? '';
    return (
        <section>
            <h1>{t('nav.policies')}</h1>
            <p class="note">{t('policy.about')}</p>
            <More load={load} what={[]} empty={<Empty title={t('policy.empty')} />}>
                {(items) => (
                    <ul class="cards">
                        {[...items].sort((a, b) => Number(b.region.startsWith(mine.slice(0, 2))) - Number(a.region.startsWith(mine.slice(0, 2)))).map((one) => (
                            <li key={one.number}>
                                <a class="card-link" href={`/policies/${one.number}`}>
                                    <p class="head"><strong>{one.title}</strong> <span class={`state ${one.state}`}>{t(`policy.state.${one.state}`)}</span></p>
                                    <p class="note">
                                        {regionName(one.region)} · {t('policy.from', { date: day(one.effective) })} · {t('policy.number', { n: one.number })}
                                    </p>
                                </a>
                            </li>
                        ))}
                    </ul>
                )}
            </More>
        </section>
    );
}
