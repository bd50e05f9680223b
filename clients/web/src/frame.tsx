// What stands around every page: the name, the language, and the pages of whoever is signed in.
import type { ComponentChildren } from 'preact';
import { session } from './api/client';
import { mayOpen, pages } from './pages';
import { place } from './route';
import { lang, speak, t } from './words';

function Language() {
    const other = lang.value === 'zh' ? 'en' : 'zh';
    return (
        <button class="plain" type="button" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => void speak(other)}>
            {t('lang.other')}
        </button>
    );
}

function Navigation() {
    const who = session.value;
    const { path } = place.value;
    if (!who || who.needs.length > 0) return null;
    const mine = pages.filter((page) => page.nav && mayOpen(page, who.role));
    const isHere = (to: string) => path === to || (to !== '/' && path.startsWith(`${to}/`));
    return (
        <nav class="pages" aria-label={t('nav.label')}>
            {mine.map((page) => (
                <a href={page.path} key={page.path} aria-current={isHere(page.path) ? 'page' : undefined}>
                    {t(page.nav!)}
                </a>
            ))}
        </nav>
    );
}

export function Frame({ children }: { children: ComponentChildren }) {
    const who = session.value;
    return (
        <>
            <a class="skip" href="#main">{t('nav.skip')}</a>
            <header class="top">
                <div class="row">
                    <a class="brand" href="/">
                        <img src="/icon.svg" alt="" width="28" height="28" />
                        <span>{t('app.name')}</span>
                    </a>
                    <span class="whose">{who ? (who.site_name ?? who.org_name ?? '') : ''}</span>
                    <Language />
                </div>
                <Navigation />
            </header>
            <main id="main" tabIndex={-1}>{children}</main>
        </>
    );
}
