// The table of pages: address, whose, under which word of the navigation, and the file that holds it.
import type { ComponentType } from 'preact';
import type { Session } from './api/client';
import type { Key } from './words';

export type Role = Session['role'];
export interface PageProps {
    id: number; /* of {id} in the address; 0 without */
}
export interface Page {
    path: string;
    roles: readonly Role[] | 'all';
    nav?: Key;
    load: () => Promise<ComponentType<PageProps>>;
}

const readers = ['contractor', 'safety_officer', 'inspector', 'regulator'] as const;
const me = () => import('./people/me').then((m) => m.Me);

export const pages: readonly Page[] = [
    { path: '/', roles: ['worker'], nav: 'nav.code', load: () => import('./worker/code').then((m) => m.MyCode) },
    { path: '/calendar', roles: ['worker'], nav: 'nav.calendar', load: () => import('./worker/calendar').then((m) => m.MyCalendar) },
    { path: '/records', roles: ['worker'], nav: 'nav.records', load: () => import('./worker/records').then((m) => m.MyRecords) },
    { path: '/appeals', roles: ['worker'], nav: 'nav.appeals', load: () => import('./worker/appeals').then((m) => m.MyAppeals) },
    { path: '/appeals/new', roles: ['worker'], load: () => import('./worker/appeals').then((m) => m.NewAppeal) },
    { path: '/appeals/{id}', roles: ['worker'], load: () => import('./worker/appeals').then((m) => m.OneAppeal) },
    { path: '/people', roles: readers, nav: 'nav.people', load: () => import('./firm/people').then((m) => m.People) },
    { path: '/people/{id}', roles: readers, load: () => import('./firm/person').then((m) => m.Person) },
    { path: '/enrol', roles: ['contractor'], nav: 'nav.enrol', load: () => import('./firm/enrol').then((m) => m.Enrol) },
    { path: '/forecast', roles: readers, nav: 'nav.forecast', load: () => import('./firm/forecast').then((m) => m.Forecast) },
    { path: '/alerts', roles: readers, nav: 'nav.alerts', load: () => import('./office/alerts').then((m) => m.Alerts) },
    { path: '/policies', roles: ['inspector', 'regulator'], nav: 'nav.policies', load: () => import('./office/policies').then((m) => m.Policies) },
    { path: '/policies/{id}', roles: ['inspector', 'regulator'], load: () => import('./office/policy').then((m) => m.Policy) },
    { path: '/me', roles: 'all', nav: 'nav.me', load: me },
];

export const mayOpen = (page: Page, role: Role): boolean =>
    page.roles === 'all' || page.roles.includes(role);

/* The first of one's pages; of an office, its alerts. */
export function homeOf(role: Role): string {
    if (role === 'inspector' || role === 'regulator') return '/alerts';
    return pages.find((page) => page.nav !== undefined && mayOpen(page, role))!.path;
}
