// Who looked at a person: what the law owes him, in plain words.
import { get } from '../api/client';
import { moment } from '../parts/dates';
import { More } from '../parts/more';
import { Empty } from '../parts/states';
import { t, word } from '../words';

export function Accesses({ worker }: { worker: number }) {
    const load = (after?: string) =>
        get('/v1/workers/{id}/accesses', {
            path: { id: worker },
            query: { limit: 20, after: after === undefined ? undefined : Number(after) },
        });
    return (
        <>
            <h2>{t('seen.title')}</h2>
            <p class="note">{t('seen.about')}</p>
            <More load={load} what={[worker]} empty={<Empty title={t('seen.empty')} />}>
                {(items) => (
                    <ul class="rows">
                        {items.map((one) => (
                            <li key={one.id}>
                                <span class="grow">
                                    <strong>{one.role ? (one.org_name ?? word('account', one.role)) : t('seen.self')}</strong>
                                    <br />
                                    <span class="note">{word('action', one.action)}</span>
                                </span>
                                <time class="note" datetime={one.at}>{moment(one.at)}</time>
                            </li>
                        ))}
                    </ul>
                )}
            </More>
        </>
    );
}
