// Which page the address names. Links are plain <a href>; a click on one of ours loads nothing.
import { signal } from '@preact/signals';

const here = () => ({ path: location.pathname, search: new URLSearchParams(location.search) });
export const place = signal(here());

export function go(to: string, replace = false): void {
    if (replace) history.replaceState(null, '', to);
    else history.pushState(null, '', to);
    place.value = here();
    scrollTo(0, 0);
    document.getElementById('main')?.focus();
}

function ours(event: MouseEvent): string | null {
    const link = (event.target as Element).closest?.('a');
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey);
    if (!link || !plain || event.defaultPrevented) return null;
    if (link.target || link.download || link.origin !== location.origin) return null;
    if (link.hash && link.pathname === location.pathname) return null;
    return link.pathname + link.search;
}

export function followLinks(): void {
    addEventListener('popstate', () => (place.value = here()));
    addEventListener('click', (event) => {
        const to = ours(event);
        if (to === null) return;
        event.preventDefault();
        go(to);
    });
}

/* "/people/{id}" against "/people/12": { id: "12" }, or null. */
export function match(pattern: string, path: string): Record<string, string> | null {
    const want = pattern.split('/');
    const have = path.replace(/\/$/, '').split('/');
    const found: Record<string, string> = {};
    if (path === '/') have.splice(0, have.length, '', '');
    if (want.length !== have.length) return null;
    for (let i = 0; i < want.length; i++) {
        const name = /^\{(\w+)\}$/.exec(want[i]!)?.[1];
        if (name) found[name] = decodeURIComponent(have[i]!);
        else if (want[i] !== have[i]) return null;
    }
    return found;
}
