// What was recorded about a person, newest first; a correction stands beside what it corrects.
import { get, session, type Schemas } from '../api/client';
import { day, moment } from '../parts/dates';
import { Empty, Loaded, useLoad } from '../parts/states';
import { t, word } from '../words';

type Record_ = Schemas['Record'];

/* A field's value in words: one of the codes, a date, yes or no, or as it is. */
function value(field: string, one: unknown): string {
    if (Array.isArray(one)) return one.map((part) => value(field, part)).join(t('list.and'));
    if (typeof one === 'boolean') return t(one ? 'yes' : 'no');
    if (typeof one === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(one)) return day(one);
    return word(field === 'trade' ? 'trade' : `rec.${field}`, String(one));
}

const hidden = new Set(['org', 'site']); /* numbers that say nothing to a reader */

function Fields({ record }: { record: Record_ }) {
    const fields = Object.entries((record.body ?? {}) as Record<string, unknown>);
    const shown = fields.filter(([name, one]) => !hidden.has(name) && one !== null && typeof one !== 'object' || Array.isArray(one));
    if (shown.length === 0) return null;
    return (
        <dl class="facts">
            {shown.map(([name, one]) => (
                <div key={name}>
                    <dt>{word('recfield', name)}</dt>
                    <dd>{value(name, one)}</dd>
                </div>
            ))}
        </dl>
    );
}

export function RecordList({ worker }: { worker: number }) {
    const list = useLoad(() => get('/v1/workers/{id}/records', { path: { id: worker }, query: { limit: 500 } }), [worker]);
    return (
        <Loaded from={list}>
            {({ items }) =>
                items.length === 0 ? <Empty title={t('records.empty')} /> : (
                    <ul class="cards">
                        {[...items].sort((a, b) => b.occurred_on.localeCompare(a.occurred_on) || b.version - a.version).map((record) => (
                            <li key={record.version}>
                                <p class="head"><strong>{word('kind', record.kind)}</strong> <time class="note" datetime={record.occurred_on}>{day(record.occurred_on)}</time></p>
                                {record.withheld ? <p class="note">{t('records.withheld')}</p> : <Fields record={record} />}
                                <p class="note">{t('records.number', { version: record.version, at: moment(record.recorded_at) })}</p>
                            </li>
                        ))}
                    </ul>
                )
            }
        </Loaded>
    );
}

export function MyRecords() {
    return (
        <section>
            <h1>{t('nav.records')}</h1>
            <p class="note">{t('records.about')}</p>
            <RecordList worker={session.value!.worker!} />
        </section>
    );
}
