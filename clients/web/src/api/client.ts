// Asks the server. Paths, bodies and answers are typed by schema.d.ts, which the build makes from
// server/openapi.yaml: a field that the API does not have does not compile.
import { signal } from '@preact/signals';
import { lang } from '../words';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type Session = Schemas['Session'];
type Problem = Schemas['Problem'];

type Json<R> = R extends { content: infer C }
    ? C extends { 'application/json': infer J } ? J : never
    : never;
type Good<R> = { [S in keyof R & (200 | 201 | 202)]: Json<R[S]> }[keyof R & (200 | 201 | 202)];
type Answer<O> = O extends { responses: infer R } ? Good<R> : never;
type Body<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? B : never;
type Query<O> = O extends { parameters: { query?: infer Q } } ? Q : never;
type Method = 'get' | 'post' | 'delete';
type With<M extends Method> = { [P in keyof paths]: paths[P] extends { [k in M]: object } ? P : never }[keyof paths];

interface Asked<O> {
    path?: Record<string, string | number>;
    query?: Query<O>;
    body?: Body<O>;
    key?: string; /* Idempotency-Key: the same for a repetition of the same deed */
}

/* What the server refused, or that it could not be reached (status 0). */
export class Refusal extends Error {
    constructor(
        readonly status: number,
        readonly problem: Problem | null,
    ) {
        super(problem?.detail ?? problem?.title ?? '');
    }
    get code(): string {
        return this.problem?.code ?? '';
    }
    /* What it says of a field of the body, "/phone", or "". */
    of(pointer: string): string {
        const hit = this.problem?.errors?.find((e) => e.pointer === pointer);
        return hit?.message ?? '';
    }
}

/* null: nobody is signed in; undefined: not known yet. */
export const session = signal<Session | null | undefined>(undefined);

export const newKey = (): string => crypto.randomUUID();

function address(path: string, asked: Asked<unknown>): string {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(String(asked.path?.[name])),
    );
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries((asked.query as object | undefined) ?? {}))
        if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
    return query.size || query.toString() ? `${filled}?${query}` : filled;
}

async function send(method: Method, path: string, asked: Asked<unknown>): Promise<Response> {
    const headers: Record<string, string> = { 'Accept-Language': lang.value };
    if (asked.body !== undefined) headers['Content-Type'] = 'application/json';
    if (method !== 'get') {
        headers['Idempotency-Key'] = asked.key ?? newKey();
        const csrf = session.value?.csrf;
        if (csrf) headers['X-CSRF-Token'] = csrf;
    }
    const init: RequestInit = { method: method.toUpperCase(), headers };
    if (asked.body !== undefined) init.body = JSON.stringify(asked.body);
    let response: Response;
    try {
        response = await fetch(address(path, asked), init);
    } catch {
        throw new Refusal(0, null);
    }
    if (response.ok) return response;
    const problem = (await response.json().catch(() => null)) as Problem | null;
    /* The session ended meanwhile: whoever asked sees the sign-in page. (A wrong password or code is
     * 401 as well.) */
    if (problem?.code === 'unauthenticated' && session.value) session.value = null;
    throw new Refusal(response.status, problem);
}

async function json<T>(response: Promise<Response>): Promise<T> {
    return (await response).json() as Promise<T>;
}

export const get = <P extends With<'get'>>(path: P, asked: Asked<paths[P]['get']> = {}) =>
    json<Answer<paths[P]['get']>>(send('get', path, asked as Asked<unknown>));

export const post = <P extends With<'post'>>(path: P, asked: Asked<paths[P]['post']> = {}) =>
    json<Answer<paths[P]['post']>>(send('post', path, asked as Asked<unknown>));

export const remove = <P extends With<'delete'>>(path: P, asked: Asked<paths[P]['delete']> = {}) =>
    json<Answer<paths[P]['delete']>>(send('delete', path, asked as Asked<unknown>));

/* What is answered as a file. */
export const fetchFile = async <P extends With<'post'>>(path: P, asked: Asked<paths[P]['post']>) =>
    (await send('post', path, asked as Asked<unknown>)).blob();

export async function whoAmI(): Promise<void> {
    try {
        session.value = await get('/v1/session');
    } catch (e) {
        if (!(e instanceof Refusal) || e.status === 0 || e.status >= 500) throw e;
        session.value = null;
    }
}

export async function signOut(): Promise<void> {
    try {
        await remove('/v1/session');
    } finally {
        session.value = null;
    }
}
