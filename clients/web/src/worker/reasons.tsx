// Each reason of a colour: what it is, since when, what to do, who helps, what it rests on.
import type { Schemas } from '../api/client';
import { Badge } from '../parts/colour';
import { day, dayBefore } from '../parts/dates';
import { t, word } from '../words';

type Reason = Schemas['Reason'];

/* 体检到期；没有合同 */
export const inShort = (reasons: readonly Reason[] = []): string =>
    [...new Set(reasons.map((reason) => word('why', reason.code)))].join(t('list.and'));

function span({ since, until }: Reason): string {
    if (since && until) return t('reason.span', { since: day(since), until: day(dayBefore(until)) });
    if (since) return t('reason.since', { since: day(since) });
    return until ? t('reason.until', { until: day(dayBefore(until)) }) : '';
}

function Points({ reason }: { reason: Reason }) {
    if (reason.points === undefined) return null;
    if (reason.required !== undefined)
        return <p class="note">{t('reason.study', { points: reason.points, required: reason.required })}</p>;
    return <p class="note">{t('reason.points', { points: reason.points, red: reason.red ?? '' })}</p>;
}

function One({ reason, appeal }: { reason: Reason; appeal: string | null }) {
    return (
        <li class={`reason ${reason.colour}`}>
            <header>
                <Badge colour={reason.colour} />
                <h3>{reason.what}</h3>
            </header>
            <p class="note">{[word('scope', reason.scope), span(reason)].filter(Boolean).join(' · ')}</p>
            <Points reason={reason} />
            <dl>
                <div><dt>{t('reason.remedy')}</dt><dd>{reason.remedy}</dd></div>
                <div><dt>{t('reason.help')}</dt><dd>{reason.help}</dd></div>
            </dl>
            <details>
                <summary>{t('reason.basis')}</summary>
                <ul>{reason.basis.map((one) => <li key={one.text}>{one.text}</li>)}</ul>
            </details>
            {appeal && <a role="button" class="secondary" href={appeal}>{t('appeal.file')}</a>}
        </li>
    );
}

export function Reasons({ verdict, mayAppeal = false }: { verdict: Schemas['Verdict']; mayAppeal?: boolean }) {
    const address = (reason: Reason) => {
        const query = new URLSearchParams({ reason: reason.code, scope: reason.scope });
        if (verdict.post?.site) query.set('site', String(verdict.post.site));
        return `/appeals/new?${query}`;
    };
    if (verdict.reasons.length === 0) return <p class="calm">{t('reason.none')}</p>;
    return (
        <>
            <h2>{t('reason.title')}</h2>
            <ul class="reasons">
                {verdict.reasons.map((reason) => (
                    <One key={`${reason.code}${reason.scope}`} reason={reason} appeal={mayAppeal && reason.appeal ? address(reason) : null} />
                ))}
            </ul>
        </>
    );
}
