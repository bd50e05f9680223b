// Something that is done once, by a button: busy meanwhile, and what was refused.
import { useRef, useState } from 'preact/hooks';
import { newKey, Refusal } from '../api/client';

export interface Deed<A extends unknown[]> {
    run: (...args: A) => void;
    busy: boolean;
    refused: Refusal | null;
}

/* The key is the same until it has worked: pressing again after a lost answer acts once. A refusal
 * (4xx) was no deed, and what is sent after it may differ. */
export function useDeed<A extends unknown[]>(act: (key: string, ...args: A) => Promise<void>): Deed<A> {
    const key = useRef(newKey());
    const [busy, setBusy] = useState(false);
    const [refused, setRefused] = useState<Refusal | null>(null);
    const run = (...args: A) => {
        if (busy) return;
        setBusy(true);
        setRefused(null);
        act(key.current, ...args)
            .then(() => {
                key.current = newKey();
            })
            .catch((error: unknown) => {
                const refusal = error instanceof Refusal ? error : new Refusal(-1, null);
                if (refusal.status >= 400 && refusal.status < 500) key.current = newKey();
                setRefused(refusal);
            })
            .finally(() => setBusy(false));
    };
    return { run, busy, refused };
}
