// One policy: what the checker finds, and a trial: what it would change, for how many, and why.
import { useEffect, useState } from 'preact/hooks';
import { get, post, session, type Schemas } from '../api/client';
import { Badge, codeName, known, Shape, type Colour } from '../parts/colour';
import { day } from '../parts/dates';
import { useDeed } from '../parts/deed';
import { explain, Failed, Loaded, useLoad } from '../parts/states';
import type { PageProps } from '../pages';
import { lang, t, word } from '../words';
import { regionName } from './policies';

type Trial = Schemas['Trial'];
type Report = Schemas['TrialReport'];
const POLL_MS = 700;
const SHOWN = 10;

function Findings({ number }: { number: number }) {
    const findings = useLoad(() => get('/v1/policies/{number}/findings', { path: { number } }), [number]);
    return (
        <>
            <h2>{t('policy.findings')}</h2>
            <Loaded from={findings}>
                {({ items }) =>
                    items.length === 0 ? <p class="calm">{t('policy.sound')}</p> : (
                        <ul class="cards">
                            {items.map((one) => <li key={one.at + one.kind}><p>{lang.value === 'zh' ? one.zh : one.en}</p><p class="note">{one.at}</p></li>)}
                        </ul>
                    )
                }
            </Loaded>
        </>
    );
}

/* Beside each other: how many now, how many then. */
function Totals({ report }: { report: Report }) {
    return (
        <ul class="tiles">
            {(['green', 'yellow', 'red'] as Colour[]).map((colour) => (
                <li key={colour} class={colour}>
                    <Shape colour={colour} size={22} />
                    <strong>{report.now[colour] ?? 0} → {report.then[colour] ?? 0}</strong>
                    <span>{codeName(colour)}</span>
                </li>
            ))}
        </ul>
    );
}

function Counts({ title, of }: { title: string; of: Record<string, number> }) {
    const rows = Object.entries(of).filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]).slice(0, SHOWN);
    if (rows.length === 0) return null;
    return (
        <>
            <h3>{title}</h3>
            <dl class="facts">
                {rows.map(([code, n]) => <div key={code}><dt>{word('why', code)}</dt><dd>{t('trial.people', { n })}</dd></div>)}
            </dl>
        </>
    );
}

function Where({ title, rows, name }: { title: string; rows: Schemas['TrialRow'][]; name: (row: Schemas['TrialRow']) => string }) {
    const changed = rows.filter((row) => row.changed > 0).slice(0, SHOWN);
    if (changed.length === 0) return null;
    return (
        <>
            <h3>{title}</h3>
            <dl class="facts">
                {changed.map((row) => (
                    <div key={row.code ?? row.id}><dt>{name(row)}</dt><dd>{t('trial.of', { n: row.changed, all: row.posts })}</dd></div>
                ))}
            </dl>
        </>
    );
}

function Found({ report }: { report: Report }) {
    return (
        <>
            <p role="status"><strong>{report.changed ? t('trial.changed', { n: report.changed, all: report.posts }) : t('trial.same', { all: report.posts })}</strong></p>
            <Totals report={report} />
            <ul class="rows">
                {report.changes.filter((one) => one.from !== one.to && one.posts > 0).map((one) => (
                    <li key={`${one.from}${one.to}`}>
                        <span class="grow"><Badge colour={known(one.from)} /> <span aria-hidden="true">→</span> <span class="hidden">{t('forecast.becomes')}</span> <Badge colour={known(one.to)} /></span>
                        <strong>{t('trial.people', { n: one.posts })}</strong>
                    </li>
                ))}
            </ul>
            <Counts title={t('trial.begin')} of={report.reasons_begin} />
            <Counts title={t('trial.end')} of={report.reasons_end} />
            <Where title={t('trial.sites')} rows={report.sites} name={(row) => row.name ?? `#${row.id}`} />
            <Where title={t('trial.trades')} rows={report.trades} name={(row) => word('trade', row.code ?? '')} />
        </>
    );
}

/* Asks until it is done. */
function useTrial(id: number | undefined): { trial: Trial | undefined; error: unknown } {
    const [trial, setTrial] = useState<Trial>();
    const [error, setError] = useState<unknown>();
    useEffect(() => {
        if (id === undefined) return;
        let timer = 0;
        let gone = false;
        setTrial(undefined);
        const ask = () =>
            get('/v1/trials/{id}', { path: { id } }).then((found) => {
                if (gone) return;
                setTrial(found);
                if (found.state === 'running') timer = setTimeout(ask, POLL_MS);
            }, setError);
        void ask();
        return () => {
            gone = true;
            clearTimeout(timer);
        };
    }, [id]);
    return { trial, error };
}

function TryIt({ number }: { number: number }) {
    const [id, setId] = useState<number>();
    const { trial, error } = useTrial(id);
    const start = useDeed(async (key) => {
        const taken = await post('/v1/policies/{number}/trial', { path: { number }, key, body: {} });
        setId(taken.trial);
    });
    const running = id !== undefined && trial?.state !== 'done' && trial?.state !== 'interrupted' && !error;
    return (
        <>
            <h2>{t('trial.title')}</h2>
            <p class="note">{t('trial.about')}</p>
            <p><button type="button" aria-busy={start.busy || running} disabled={start.busy || running} onClick={() => start.run()}>{t('trial.do')}</button></p>
            {start.refused && <p class="wrong" role="alert">{explain(start.refused)}</p>}
            {error !== undefined && <Failed error={error} />}
            {running && trial && <progress max={trial.workers || 1} value={trial.done} aria-label={t('trial.progress', { done: trial.done, all: trial.workers })} />}
            {trial?.state === 'interrupted' && <p class="wrong" role="alert">{t('trial.interrupted')}</p>}
            {trial?.report && <Found report={trial.report} />}
        </>
    );
}

/* Of their own region, regulators only. */
function mayTry(region: string): boolean {
    const who = session.value;
    return who?.role === 'regulator' && region.startsWith(who.region);
}

export function Policy({ id }: PageProps) {
    const policy = useLoad(() => get('/v1/policies/{number}', { path: { number: id } }), [id]);
    return (
        <section>
            <p class="note"><a href="/policies">{t('policy.back')}</a></p>
            <Loaded from={policy}>
                {(one) => (
                    <>
                        <h1>{one.title}</h1>
                        <dl class="facts">
                            <div><dt>{t('field.state')}</dt><dd>{t(`policy.state.${one.state}`)}</dd></div>
                            <div><dt>{t('policy.where')}</dt><dd>{regionName(one.region)}</dd></div>
                            <div><dt>{t('policy.when')}</dt><dd>{t('policy.from', { date: day(one.effective) })}</dd></div>
                            <div><dt>{t('recfield.number')}</dt><dd>{one.id}</dd></div>
                        </dl>
                        {mayTry(one.region) && <TryIt number={id} />}
                        <Findings number={id} />
                    </>
                )}
            </Loaded>
        </section>
    );
}
