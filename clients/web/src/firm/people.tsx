// People on my sites: by colour, site and trade, page by page; stickers for those who are ticked.
import { useState } from 'preact/hooks';
import { fetchFile, get, session } from '../api/client';
import { Badge, codeName, Shape, type Colour } from '../parts/colour';
import { day, dayBefore } from '../parts/dates';
import { useDeed } from '../parts/deed';
import { Choice } from '../parts/fields';
import { More } from '../parts/more';
import { Empty, explain, useLoad } from '../parts/states';
import { go, place } from '../route';
import { t, word } from '../words';
import { allSites, siteName, trades } from './directory';
import { Standing } from './standing';

const STICKERS_MAX = 240;

/* Filters stand in the address: back, forward and a copied link keep them. */
function useFilter(): [(name: string) => string, (name: string, value: string) => void] {
    const now = place.value.search;
    const set = (name: string, value: string) => {
        const next = new URLSearchParams(now);
        if (value) next.set(name, value);
        else next.delete(name);
        go(`/people?${next}`, true);
    };
    return [(name) => now.get(name) ?? '', set];
}

export function useStickers() {
    return useDeed(async (key: string, workers: number[]) => {
        const pdf = await fetchFile('/v1/badges/sheet', { key, body: { workers } });
        const link = document.createElement('a');
        link.href = URL.createObjectURL(pdf);
        link.download = `${t('stickers.file')}.pdf`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    });
}

function Colours({ value, set }: { value: string; set: (value: string) => void }) {
    return (
        <div class="segments" role="group" aria-label={t('field.colour')}>
            <button type="button" aria-pressed={value === ''} onClick={() => set('')}>{t('list.all')}</button>
            {(['green', 'yellow', 'red'] as Colour[]).map((colour) => (
                <button type="button" key={colour} class={colour} aria-pressed={value === colour} onClick={() => set(colour)}>
                    <Shape colour={colour} size={16} /> {codeName(colour)}
                </button>
            ))}
        </div>
    );
}

export function People() {
    const [filter, setFilter] = useFilter();
    const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set());
    const sites = useLoad(allSites, []);
    const print = useStickers();
    const mayPrint = session.value?.role === 'contractor';
    const [site, colour, trade] = [filter('site'), filter('colour'), filter('trade')];
    const load = (after?: string) =>
        get('/v1/workers', {
            query: {
                limit: 50,
                after: after === undefined ? undefined : Number(after),
                site: Number(site) || undefined,
                colour: (colour || undefined) as Colour | undefined,
                trade: trade || undefined,
            },
        });
    const tick = (id: number) => {
        const next = new Set(ticked);
        if (!next.delete(id) && next.size < STICKERS_MAX) next.add(id);
        setTicked(next);
    };
    return (
        <section>
            <h1>{t('nav.people')}</h1>
            {site && <Standing site={Number(site)} />}
            <div class="filters">
                <Colours value={colour} set={(value) => setFilter('colour', value)} />
                <Choice label={t('field.site')} value={site} set={(value) => setFilter('site', value)}>
                    <option value="">{t('list.all_sites')}</option>
                    {(sites.value ?? []).map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
                </Choice>
                <Choice label={t('field.trade')} value={trade} set={(value) => setFilter('trade', value)}>
                    <option value="">{t('list.all_trades')}</option>
                    {trades.map((code) => <option key={code} value={code}>{word('trade', code)}</option>)}
                </Choice>
            </div>
            {ticked.size > 0 && (
                <div class="bar" role="region" aria-label={t('stickers.title')}>
                    <span>{t('stickers.ticked', { count: ticked.size })}</span>
                    <button type="button" aria-busy={print.busy} disabled={print.busy} onClick={() => print.run([...ticked])}>{t('stickers.print')}</button>
                    <button type="button" class="secondary" onClick={() => setTicked(new Set())}>{t('list.clear')}</button>
                </div>
            )}
            {print.refused && <p class="wrong" role="alert">{explain(print.refused)}</p>}
            <More
                load={load}
                what={[site, colour, trade]}
                empty={<Empty title={t('people.empty')}><p>{t(site || colour || trade ? 'people.empty_filter' : 'people.empty_hint')}</p></Empty>}
            >
                {(items) => (
                    <ul class="rows people">
                        {items.map((one) => (
                            <li key={`${one.id}.${one.site}.${one.org}.${one.trade}`}>
                                {mayPrint && (
                                    <input type="checkbox" aria-label={t('stickers.tick', { name: one.name ?? '' })} checked={ticked.has(one.id)} onChange={() => tick(one.id)} />
                                )}
                                <a class="grow" href={`/people/${one.id}`}>
                                    <strong>{one.name ?? t('people.erased')}</strong>
                                    <span class="note">{word('trade', one.trade)} · {siteName(sites.value, one.site)}</span>
                                    {one.until && <span class="note">{t('people.until', { date: day(dayBefore(one.until)) })}</span>}
                                </a>
                                <Badge colour={one.colour_here ?? one.person_colour} />
                            </li>
                        ))}
                    </ul>
                )}
            </More>
        </section>
    );
}
