// Who is here decides what is shown: the sign-in page, what must be done first, or the page of the
// address within the frame.
import { useEffect, useState } from 'preact/hooks';
import type { ComponentType } from 'preact';
import { session, whoAmI } from './api/client';
import { Frame } from './frame';
import { homeOf, mayOpen, pages, type Page, type PageProps, type Role } from './pages';
import { Failed, Wait } from './parts/states';
import { go, match, place } from './route';

/* Loads a page's file when it is first shown. */
function Lazy({ page, id }: { page: Pick<Page, 'load'>; id: number }) {
    const [loaded, setLoaded] = useState<{ page: unknown; View: ComponentType<PageProps> }>();
    const [error, setError] = useState<unknown>();
    useEffect(() => {
        page.load().then((View) => setLoaded({ page, View }), setError);
    }, [page]);
    if (error) return <Failed error={error} again={() => location.reload()} />;
    if (loaded?.page !== page) return <Wait />;
    return <loaded.View id={id} />;
}

const signIn = { load: () => import('./people/sign_in').then((m) => m.SignIn) };
const totp = { load: () => import('./people/totp').then((m) => m.SetUpTotp) };
const welcome = { load: () => import('./people/welcome').then((m) => m.Welcome) };
const join = { load: () => import('./people/join').then((m) => m.Join) };
const open: Record<string, Pick<Page, 'load'>> = { '/welcome': welcome, '/join': join };

function findPage(path: string, role: Role): { page: Page; id: number } | null {
    for (const page of pages) {
        const found = mayOpen(page, role) ? match(page.path, path) : null;
        if (found && (found['id'] === undefined || /^[1-9]\d{0,17}$/.test(found['id'])))
            return { page, id: Number(found['id'] ?? 0) };
    }
    return null;
}

function SignedIn({ role, path }: { role: Role; path: string }) {
    const found = findPage(path, role);
    useEffect(() => {
        if (!found) go(homeOf(role), true);
    }, [found === null, role]);
    return found ? <Lazy page={found.page} id={found.id} key={path} /> : <Wait />;
}

export function App() {
    const who = session.value;
    const { path } = place.value;
    const [error, setError] = useState<unknown>();
    const ask = () => {
        setError(undefined);
        whoAmI().catch(setError);
    };
    useEffect(ask, []);
    const first = open[path];
    if (first) return <Frame><Lazy page={first} id={0} /></Frame>;
    if (error) return <Frame><Failed error={error} again={ask} /></Frame>;
    if (who === undefined) return <Frame><Wait /></Frame>;
    if (who === null) return <Frame><Lazy page={signIn} id={0} /></Frame>;
    if (who.needs.includes('totp')) return <Frame><Lazy page={totp} id={0} /></Frame>;
    return <Frame><SignedIn role={who.role} path={path} /></Frame>;
}
