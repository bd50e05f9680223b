// My code, the whole screen: colour with shape and word, the QR picture that gates read, how long it
// lives, and below it why, what to do and who helps.
import { useEffect, useState } from 'preact/hooks';
import { get, post, Refusal, session, type Schemas } from '../api/client';
import { codeName, known, Shape } from '../parts/colour';
import { day } from '../parts/dates';
import { Qr } from '../parts/qr';
import { explain, Failed, Loaded, useLoad, Wait } from '../parts/states';
import { lang, t, word } from '../words';
import { inShort, Reasons } from './reasons';

type Code = Schemas['CodeAnswer'];
interface Kept {
    code: Code;
    renewAt: number; /* by performance.now(): a phone's clock may be wrong */
    endsAt: number;
}

const RETRY_MS = 3000;

/* How long the code lives is a span between the server's own instants; it starts when we asked. */
function keep(code: Code, askedAt: number): Kept {
    const made = Date.parse(code.expires_at) - 60_000;
    return {
        code,
        renewAt: askedAt + Math.max(1000, Date.parse(code.renew_at) - made),
        endsAt: askedAt + 60_000,
    };
}

/* A code is asked for now, renewed when the server says, and asked for again every 3 s while that
 * fails; what has ended is not shown any more. A screen that was dark asks when it is looked at. */
function useCode(worker: number): { kept: Kept | undefined; error: unknown; now: number } {
    const [kept, setKept] = useState<Kept>();
    const [error, setError] = useState<unknown>();
    const [now, setNow] = useState(performance.now());
    useEffect(() => {
        let gone = false;
        let busy = false;
        let next = 0;
        const ask = async () => {
            const askedAt = performance.now();
            busy = true;
            try {
                const made = keep(await post('/v1/workers/{id}/code', { path: { id: worker }, body: {} }), askedAt);
                if (gone) return;
                setKept(made);
                setError(undefined);
                next = made.renewAt;
            } catch (e) {
                if (!gone) setError(e);
                next = performance.now() + RETRY_MS;
            } finally {
                busy = false;
            }
        };
        const tick = () => {
            setNow(performance.now());
            if (!busy && !document.hidden && performance.now() >= next) void ask();
        };
        const timer = setInterval(tick, 500);
        document.addEventListener('visibilitychange', tick);
        tick();
        return () => {
            gone = true;
            clearInterval(timer);
            document.removeEventListener('visibilitychange', tick);
        };
    }, [worker, lang.value]);
    return { kept, error, now };
}

function Countdown({ kept, now, error }: { kept: Kept; now: number; error: unknown }) {
    const left = Math.max(0, Math.ceil((kept.endsAt - now) / 1000));
    const renew = Math.max(0, Math.ceil((kept.renewAt - now) / 1000));
    return (
        <div class="countdown">
            <progress max={60} value={left} aria-label={t('code.left', { left })} />
            <p aria-live="off">{error ? t('code.cut_off', { left }) : t('code.renews', { renew })}</p>
        </div>
    );
}

function Card({ kept, now, error }: { kept: Kept; now: number; error: unknown }) {
    const { code } = kept;
    const colour = known(code.colour);
    const over = now >= kept.endsAt;
    return (
        <div class={`code ${over ? 'over' : colour}`}>
            <p class="verdict" role="status">
                <Shape colour={over ? 'none' : colour} size={44} />
                <span>
                    <strong>{over ? t('code.over') : codeName(colour)}</strong>
                    <span>{over ? t('code.over_hint') : t(`code.means.${colour}`)}</span>
                </span>
            </p>
            {!over && <Qr text={code.code} label={t('code.picture')} />}
            {over ? <p>{explain(error)}</p> : <Countdown kept={kept} now={now} error={error} />}
        </div>
    );
}

function NextChange({ worker, on }: { worker: number; on: string }) {
    const calendar = useLoad(() => get('/v1/workers/{id}/calendar', { path: { id: worker } }), [worker, on]);
    const run = calendar.value?.runs[1];
    if (!run) return null;
    const colour = known(run.colour_here ?? run.person_colour);
    const why = inShort(run.reasons);
    return (
        <p class={`next ${colour}`}>
            <Shape colour={colour} />
            {t(why ? 'calendar.turns_why' : 'calendar.turns', { colour: codeName(colour), date: day(run.from), why })}
        </p>
    );
}

function Why({ worker, code }: { worker: number; code: Code }) {
    const site = code.site ?? undefined;
    const verdict = useLoad(
        () => get('/v1/workers/{id}/colour', { path: { id: worker }, query: { site } }),
        [worker, site, code.colour, code.person_colour, code.policy],
    );
    return (
        <Loaded from={verdict}>
            {(found) => (
                <>
                    {found.next_change && <NextChange worker={worker} on={found.next_change} />}
                    <Reasons verdict={found} mayAppeal />
                </>
            )}
        </Loaded>
    );
}

export function MyCode() {
    const worker = session.value!.worker!;
    const { kept, error, now } = useCode(worker);
    const me = useLoad(() => get('/v1/workers/{id}', { path: { id: worker } }), [worker]);
    const post_ = me.value?.engagements[0];
    if (!kept && error) return <Failed error={error instanceof Refusal ? error : undefined} />;
    return (
        <section class="mine">
            <h1 class="hidden">{t('nav.code')}</h1>
            {kept ? <Card kept={kept} now={now} error={error} /> : <Wait />}
            {me.value && (
                <p class="who">
                    <strong>{me.value.name}</strong>
                    {post_ && <span>{word('trade', post_.trade)}</span>}
                </p>
            )}
            {kept && <Why worker={worker} code={kept.code} />}
        </section>
    );
}
