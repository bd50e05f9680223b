// Dates as people say them. Days are the sites' days; instants are shown in the sites' time zone.
import { lang, t } from '../words';

const ZONE = 'Asia/Shanghai';
const months = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12'] as const;

export const today = (): string =>
    new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(new Date());

/* "2027-03-03" -> 3月3日, with the year where it is not this one's. */
export function day(date: string): string {
    const [year = '', month = '', number = ''] = date.split('-');
    const values = {
        year,
        month: lang.value === 'zh' ? Number(month) : t(`month.${month as (typeof months)[number]}`),
        day: Number(number),
    };
    return t(year === today().slice(0, 4) ? 'date.day' : 'date.day_year', values);
}

/* What comes before a half-open end: "until 2 March" of [.., 3 March). */
export function dayBefore(date: string): string {
    const before = new Date(`${date}T00:00:00Z`);
    before.setUTCDate(before.getUTCDate() - 1);
    return before.toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
    return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86400000);
}

export function moment(instant: string): string {
    const at = new Date(instant);
    const date = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(at);
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hour: '2-digit', minute: '2-digit' });
    return `${day(date)} ${clock.format(at)}`;
}
