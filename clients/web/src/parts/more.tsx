// A list that comes page by page: what is there so far, and a button for what follows.
import { useEffect, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { lang, t } from '../words';
import { Failed, Wait } from './states';

interface PageOf<T> {
    items: T[];
    next: string | null;
}
interface Props<T> {
    load: (after: string | undefined) => Promise<PageOf<T>>;
    what: unknown[]; /* another list begins when one of these changes */
    empty: ComponentChildren;
    children: (items: T[]) => ComponentChildren;
}

export function More<T>({ load, what, empty, children }: Props<T>) {
    const [items, setItems] = useState<T[]>();
    const [next, setNext] = useState<string | null>(null);
    const [error, setError] = useState<unknown>();
    const [busy, setBusy] = useState(false);
    const [turn, setTurn] = useState(0);
    useEffect(() => {
        let old = false;
        setItems(undefined);
        setError(undefined);
        load(undefined).then(
            (page) => {
                if (old) return;
                setItems(page.items);
                setNext(page.next);
            },
            (e: unknown) => old || setError(e),
        );
        return () => {
            old = true;
        };
    }, [...what, lang.value, turn]);
    const follow = () => {
        setBusy(true);
        load(next!)
            .then((page) => {
                setItems([...(items ?? []), ...page.items]);
                setNext(page.next);
            }, setError)
            .finally(() => setBusy(false));
    };
    if (error) return <Failed error={error} again={() => setTurn(turn + 1)} />;
    if (!items) return <Wait />;
    if (items.length === 0) return <>{empty}</>;
    return (
        <>
            {children(items)}
            {next !== null && (
                <button type="button" class="secondary wide" aria-busy={busy} disabled={busy} onClick={follow}>
                    {t('list.more')}
                </button>
            )}
        </>
    );
}
