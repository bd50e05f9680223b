// One person: the colour with its reasons, what comes, what was recorded, stickers.
import { get, session } from '../api/client';
import { Badge } from '../parts/colour';
import { day, dayBefore } from '../parts/dates';
import { explain, Loaded, useLoad } from '../parts/states';
import type { PageProps } from '../pages';
import { t, word } from '../words';
import { Accesses } from '../people/accesses';
import { Calendar } from '../worker/calendar';
import { Reasons } from '../worker/reasons';
import { RecordList } from '../worker/records';
import { allSites, siteName } from './directory';
import { Invite } from './invite';
import { useStickers } from './people';

function Header({ id }: PageProps) {
    const person = useLoad(() => get('/v1/workers/{id}', { path: { id } }), [id]);
    const sites = useLoad(allSites, []);
    return (
        <Loaded from={person}>
            {(one) => (
                <>
                    <h1>{one.name}</h1>
                    <dl class="facts">
                        <div><dt>{t('field.document')}</dt><dd>{one.document_number}</dd></div>
                        {one.phone && <div><dt>{t('field.phone')}</dt><dd>{one.phone}</dd></div>}
                        {one.engagements.map((post) => (
                            <div key={post.version}>
                                <dt>{siteName(sites.value, post.site)}</dt>
                                <dd>
                                    {word('trade', post.trade)} · {word('rec.role', post.role)} ·{' '}
                                    {post.until ? t('date.span', { from: day(post.from), to: day(dayBefore(post.until)) }) : t('reason.since', { since: day(post.from) })}
                                </dd>
                            </div>
                        ))}
                    </dl>
                </>
            )}
        </Loaded>
    );
}

export function Person({ id }: PageProps) {
    const verdict = useLoad(() => get('/v1/workers/{id}/colour', { path: { id } }), [id]);
    const print = useStickers();
    const isFirm = session.value?.role === 'contractor';
    return (
        <section>
            <p class="note"><a href="/people">{t('people.back')}</a></p>
            <Header id={id} />
            <Loaded from={verdict}>
                {(one) => (
                    <>
                        <p class="head"><Badge colour={one.colour_here ?? one.person_colour} /> {one.next_change && <span class="note">{t('people.next', { date: day(one.next_change) })}</span>}</p>
                        <Reasons verdict={one} />
                    </>
                )}
            </Loaded>
            {isFirm && (
                <p>
                    <button type="button" class="secondary" aria-busy={print.busy} disabled={print.busy} onClick={() => print.run([id])}>{t('stickers.one')}</button>
                    {print.refused && <span class="wrong" role="alert">{explain(print.refused)}</span>}
                </p>
            )}
            {isFirm && <Invite worker={id} />}
            <h2>{t('nav.calendar')}</h2>
            <Calendar worker={id} />
            <h2>{t('records.title')}</h2>
            <RecordList worker={id} />
            {session.value?.role === 'regulator' && <Accesses worker={id} />}
        </section>
    );
}
