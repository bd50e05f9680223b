// GB 11643-1999: eighteen characters, the last one a check over the others (ISO 7064 MOD 11-2), the
// seventh to fourteenth a birth date. Said while it is typed; the server checks again.
import { today } from '../parts/dates';
import type { Key } from '../words';

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checks = '10X98765432';

export interface Judged {
    state: 'empty' | 'typing' | 'wrong' | 'right';
    key: Key;
    left?: number;
}

function isDay(text: string): boolean {
    const date = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;
    const at = new Date(`${date}T00:00:00Z`);
    return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date) && date <= today() && date >= '1900-01-01';
}

export const tidy = (typed: string): string => typed.replace(/[\s-]/g, '').toUpperCase();

export function judgeIdNumber(number: string): Judged {
    if (number === '') return { state: 'empty', key: 'id.hint' };
    if (!/^\d{0,17}$|^\d{17}[\dX]$/.test(number)) return { state: 'wrong', key: number.length > 18 ? 'id.long' : 'id.chars' };
    if (number.length >= 14 && !isDay(number.slice(6, 14))) return { state: 'wrong', key: 'id.birth' };
    if (number.length < 18) return { state: 'typing', key: 'id.left', left: 18 - number.length };
    const sum = weights.reduce((n, weight, i) => n + weight * Number(number[i]), 0);
    if (checks[sum % 11] !== number[17]) return { state: 'wrong', key: 'id.check' };
    return { state: 'right', key: 'id.right' };
}
