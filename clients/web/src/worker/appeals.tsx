// Appeals: what I asked, by when it is answered, what the answer was; and asking, in three taps from
// my code.
import { useState } from 'preact/hooks';
import { get, post, session, type Schemas } from '../api/client';
import { Badge } from '../parts/colour';
import { day, moment } from '../parts/dates';
import { useDeed } from '../parts/deed';
import { More } from '../parts/more';
import { Empty, explain, Loaded, useLoad } from '../parts/states';
import type { PageProps } from '../pages';
import { go, place } from '../route';
import { t, word } from '../words';

type Appeal = Schemas['Appeal'];

function Summary({ appeal }: { appeal: Appeal }) {
    return (
        <>
            <p class="head">
                <Badge colour={appeal.colour} />
                <strong>{word('why', appeal.reason)}</strong>
                <span class={`state ${appeal.state}`}>{word('appeal.state', appeal.state)}</span>
            </p>
            <p class="note">
                {appeal.answered_at
                    ? t('appeal.answered', { at: moment(appeal.answered_at) })
                    : t(appeal.overdue ? 'appeal.overdue' : 'appeal.due', { date: day(appeal.due) })}
            </p>
        </>
    );
}

export function MyAppeals() {
    const load = (after?: string) => get('/v1/appeals', { query: { limit: 20, after } });
    return (
        <section>
            <h1>{t('nav.appeals')}</h1>
            <p class="note">{t('appeal.about')}</p>
            <More load={load} what={[]} empty={<Empty title={t('appeal.empty')}><p>{t('appeal.empty_hint')}</p><a role="button" class="secondary" href="/">{t('nav.code')}</a></Empty>}>
                {(items) => (
                    <ul class="cards">
                        {items.map((appeal) => (
                            <li key={appeal.id}><a class="card-link" href={`/appeals/${appeal.id}`}><Summary appeal={appeal} /></a></li>
                        ))}
                    </ul>
                )}
            </More>
        </section>
    );
}

export function OneAppeal({ id }: PageProps) {
    const appeal = useLoad(() => get('/v1/appeals/{id}', { path: { id } }), [id]);
    return (
        <section>
            <h1>{t('appeal.one')}</h1>
            <Loaded from={appeal}>
                {(one) => (
                    <div class="card">
                        <Summary appeal={one} />
                        <dl class="facts">
                            <div><dt>{t('appeal.filed')}</dt><dd>{moment(one.filed_at)}</dd></div>
                            {one.words && <div><dt>{t('appeal.words')}</dt><dd>{one.words}</dd></div>}
                            {one.answer && <div><dt>{t('appeal.answer')}</dt><dd>{one.answer}</dd></div>}
                        </dl>
                    </div>
                )}
            </Loaded>
            <p><a href="/appeals">{t('appeal.all')}</a></p>
        </section>
    );
}

const ready = ['appeal.said.handed_in', 'appeal.said.not_me', 'appeal.said.out_of_date'] as const;
type Scope = Schemas['NewAppeal']['scope'];

export function NewAppeal() {
    const asked = place.value.search;
    const reason = asked.get('reason') ?? '';
    const site = Number(asked.get('site')) || undefined;
    const [words, setWords] = useState('');
    const [disputes, setDisputes] = useState(0);
    const worker = session.value!.worker!;
    const verdict = useLoad(() => get('/v1/workers/{id}/colour', { path: { id: worker }, query: { site } }), [worker, site]);
    const deed = useDeed(async (key) => {
        const scope = asked.get('scope') as Scope;
        const filed = await post('/v1/appeals', {
            key,
            body: { reason, scope, words: words.trim(), ...(site ? { site } : {}), ...(disputes ? { disputes } : {}) },
        });
        go(`/appeals/${filed.id}`, true);
    });
    const submit = (event: Event) => {
        event.preventDefault();
        deed.run();
    };
    const found = verdict.value?.reasons.find((one) => one.code === reason);
    return (
        <section class="narrow">
            <h1>{t('appeal.title')}</h1>
            <p class="head"><strong>{found?.what ?? word('why', reason)}</strong></p>
            <form onSubmit={submit}>
                <fieldset class="chips">
                    <legend>{t('appeal.why')}</legend>
                    {ready.map((key) => (
                        <button type="button" key={key} class="chip" aria-pressed={words === t(key)} onClick={() => setWords(t(key))}>{t(key)}</button>
                    ))}
                </fieldset>
                <label for="words">{t('appeal.own')}</label>
                <textarea id="words" rows={4} maxLength={1000} required value={words} onInput={(event) => setWords(event.currentTarget.value)} />
                {found && (found.rests_on ?? []).length > 0 && (
                    <fieldset>
                        <legend>{t('appeal.disputes')}</legend>
                        <label><input type="radio" name="disputes" checked={disputes === 0} onChange={() => setDisputes(0)} /> {t('appeal.disputes_none')}</label>
                        {found.rests_on!.map((one) => (
                            <label key={one.version}>
                                <input type="radio" name="disputes" checked={disputes === one.version} onChange={() => setDisputes(one.version)} /> {word('kind', one.kind)}{one.on ? ` · ${day(one.on)}` : ''}
                            </label>
                        ))}
                    </fieldset>
                )}
                {deed.refused && <p class="wrong" role="alert">{deed.refused.problem?.errors?.[0]?.message ?? explain(deed.refused)}</p>}
                <button type="submit" class="wide" aria-busy={deed.busy} disabled={deed.busy || words.trim() === ''}>{t('appeal.send')}</button>
                <p class="note">{t('appeal.promise')}</p>
            </form>
        </section>
    );
}
