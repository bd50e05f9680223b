// My calendar: which colour from when to when within a year, and what turns it.
import { get, session, type Schemas } from '../api/client';
import { Badge, codeName, known, Shape } from '../parts/colour';
import { day, dayBefore, daysBetween } from '../parts/dates';
import { Loaded, useLoad } from '../parts/states';
import { t } from '../words';
import { inShort } from './reasons';

type Run = Schemas['Calendar']['runs'][number];
const colourOf = (run: Run) => known(run.colour_here ?? run.person_colour);

/* Neighbours of one colour are one stretch to whoever reads it; their reasons are listed by run. */
function Strip({ runs }: { runs: Run[] }) {
    const total = daysBetween(runs[0]!.from, runs[runs.length - 1]!.until);
    let x = 0;
    return (
        <svg class="strip" viewBox={`0 0 ${total} 20`} preserveAspectRatio="none" aria-hidden="true">
            {runs.map((run) => {
                const width = daysBetween(run.from, run.until);
                x += width;
                return <rect key={run.from} class={colourOf(run)} x={x - width} y="0" width={width} height="20" />;
            })}
        </svg>
    );
}

function title(run: Run, first: boolean): string {
    const colour = codeName(colourOf(run));
    const why = inShort(run.reasons);
    if (first) return t(why ? 'calendar.now_why' : 'calendar.now', { colour, why });
    return t(why ? 'calendar.turns_why' : 'calendar.turns', { colour, date: day(run.from), why });
}

function RunOf({ run, first }: { run: Run; first: boolean }) {
    const colour = colourOf(run);
    return (
        <li class={`run ${colour}`}>
            <p><Badge colour={colour} /> <span class="note">{t('date.span', { from: day(run.from), to: day(dayBefore(run.until)) })}</span></p>
            <p><strong>{title(run, first)}</strong></p>
            {!first && (run.reasons ?? []).map((reason) => (
                <p key={reason.code + reason.scope}>{t('calendar.remedy', { remedy: reason.remedy })}</p>
            ))}
        </li>
    );
}

export function Calendar({ worker }: { worker: number }) {
    const calendar = useLoad(() => get('/v1/workers/{id}/calendar', { path: { id: worker } }), [worker]);
    return (
        <Loaded from={calendar}>
            {({ runs }) => (
                <>
                    <Strip runs={runs} />
                    <p class="ends note"><span>{day(runs[0]!.from)}</span><span>{day(dayBefore(runs[runs.length - 1]!.until))}</span></p>
                    <p class="legend">{(['green', 'yellow', 'red'] as const).map((c) => <span key={c} class={c}><Shape colour={c} size={14} /> {codeName(c)}</span>)}</p>
                    <ol class="runs">{runs.map((run, i) => <RunOf key={run.from} run={run} first={i === 0} />)}</ol>
                    {runs.length === 1 && <p class="calm">{t('calendar.steady')}</p>}
                </>
            )}
        </Loaded>
    );
}

export function MyCalendar() {
    return (
        <section>
            <h1>{t('nav.calendar')}</h1>
            <p class="note">{t('calendar.about')}</p>
            <Calendar worker={session.value!.worker!} />
        </section>
    );
}
