// Every text that people see stands in words/zh.json and words/en.json, under the same keys.
// {name} in a text is filled in. Chinese comes with the page, English when somebody asks for it.
import { signal } from '@preact/signals';
import zh from './words/zh.json';

export type Key = keyof typeof zh;
export type Lang = 'zh' | 'en';
type Values = Record<string, string | number>;

const STORED = 'jianan.lang';
const catalogue = signal<Record<string, string>>(zh);
export const lang = signal<Lang>('zh');

function fill(text: string, values: Values): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function t(key: Key, values: Values = {}): string {
    return fill(catalogue.value[key] ?? key, values);
}

/* A word for one of the API's codes: word('trade', '030'). A code without one stays as it is. */
export function word(family: string, code: string): string {
    return catalogue.value[`${family}.${code}`] ?? code;
}

export async function speak(to: Lang): Promise<void> {
    catalogue.value = to === 'zh' ? zh : (await import('./words/en.json')).default;
    lang.value = to;
    document.documentElement.lang = to === 'zh' ? 'zh-CN' : 'en';
    document.title = t('app.name');
    try {
        localStorage.setItem(STORED, to);
    } catch {
        /* a browser that keeps nothing: Chinese next time */
    }
}

export async function speakAsBefore(): Promise<void> {
    let before: string | null = null;
    try {
        before = localStorage.getItem(STORED);
    } catch {
        return;
    }
    if (before === 'en') await speak('en');
}
