// Names of sites, for lists that hold numbers: asked once, kept while the page lives.
import { get, type Schemas } from '../api/client';

type Site = Schemas['Site'];
let sites: Promise<Site[]> | undefined;

async function loadSites(): Promise<Site[]> {
    const found: Site[] = [];
    let after: number | undefined;
    do {
        const page = await get('/v1/sites', { query: { limit: 500, after } });
        found.push(...page.items);
        after = page.next === null ? undefined : Number(page.next);
    } while (after !== undefined && found.length < 5000);
    return found;
}

export function allSites(): Promise<Site[]> {
    sites ??= loadSites().catch((e: unknown) => {
        sites = undefined;
        throw e;
    });
    return sites;
}

export const siteName = (all: Site[] | undefined, id: number | null | undefined): string =>
    all?.find((site) => site.id === id)?.name ?? (id ? `#${id}` : '');

export const trades = ['010', '020', '030', '040', '050', '060', '070', '080', '090', '100', '110', '120', '130',
    '140', '150', '160', '170', '180', '190', '200', '210', '220', '230', '240', '250', '270', '280', '290', '300',
    '310', '320', '330', '340', '350', '360', '380', '390', '900', '1000'] as const;
