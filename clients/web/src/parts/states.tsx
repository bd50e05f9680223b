// Waiting, nothing there, something went wrong: said calmly, with what to do next.
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { Refusal } from '../api/client';
import { lang, t } from '../words';

export const Wait = () => <p class="wait" role="status" aria-busy="true">{t('state.loading')}</p>;

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
    return (
        <div class="empty">
            <p><strong>{title}</strong></p>
            {children}
        </div>
    );
}

export function explain(error: unknown): string {
    if (!(error instanceof Refusal)) return t('state.unexpected');
    if (error.status === 0) return t('state.unreachable');
    return error.message || t('state.unexpected');
}

export function Failed({ error, again }: { error: unknown; again?: () => void }) {
    return (
        <div class="failed" role="alert">
            <p><strong>{t('state.failed')}</strong></p>
            <p>{explain(error)}</p>
            {again && <button type="button" class="secondary" onClick={again}>{t('state.again')}</button>}
        </div>
    );
}

export interface Loading<T> {
    value: T | undefined;
    error: unknown;
    again: () => void;
}

/* Loads once for each set of `what`, and again in another language. */
export function useLoad<T>(load: () => Promise<T>, what: unknown[]): Loading<T> {
    const [state, setState] = useState<{ value?: T; error?: unknown }>({});
    const [turn, setTurn] = useState(0);
    useEffect(() => {
        let old = false;
        setState((before) => ({ value: before.value }));
        load().then(
            (value) => old || setState({ value }),
            (error: unknown) => old || setState({ error }),
        );
        return () => {
            old = true;
        };
    }, [...what, lang.value, turn]);
    const again = useCallback(() => setTurn((n) => n + 1), []);
    return { value: state.value, error: state.error, again };
}

export function Loaded<T>({ from, children }: { from: Loading<T>; children: (value: T) => ComponentChildren }) {
    if (from.error) return <Failed error={from.error} again={from.again} />;
    if (from.value === undefined) return <Wait />;
    return <>{children(from.value)}</>;
}
