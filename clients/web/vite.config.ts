// Everything is a file of ours with a hash in its name: the server's CSP permits nothing inline.
import { readFileSync } from 'node:fs';
import type { Plugin as PostcssPlugin, Root } from 'postcss';
import { defineConfig, type Plugin } from 'vite';

const ours = readFileSync(new URL('src/style.css', import.meta.url), 'utf8');
const zh = JSON.parse(readFileSync(new URL('src/words/zh.json', import.meta.url), 'utf8'));

// The page's title and the manifest take their words from the catalogue, like everything.
function words(): Plugin {
    return {
        name: 'words',
        transformIndexHtml: (html) =>
            html.replace(/%([a-z_.]+)%/g, (_, key: string) => zh[key] as string),
        generateBundle() {
            const manifest = {
                name: zh['app.name'],
                short_name: zh['app.name'],
                lang: 'zh-CN',
                start_url: '/',
                display: 'standalone',
                background_color: '#ffffff',
                theme_color: '#0b5d3b',
                icons: [{ src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' }],
            };
            this.emitFile({
                type: 'asset',
                fileName: 'manifest.webmanifest',
                source: JSON.stringify(manifest),
            });
        },
    };
}

/* Of Pico, what no page of ours has stays at home: tables, dialogs, tooltips, the dark theme, … Who uses
 * one of these takes it out of the list. */
const unused = new RegExp(
    [
        'data-theme=.?dark', 'data-tooltip', 'dialog', 'breadcrumb', 'nav (ul|li)', 'multiple', 'modal', 'dropdown', 'role=.?switch', 'role=.?search',
        'type=.?(range|file|color|search|reset|datetime|month|week|time|image)\\b', 'webkit-(slider|color|file|search)',
        'moz-(range|color|focus)', 'ms-(track|thumb|fill)', 'file-selector',
        '(^|[\\s>+~,(])(table|thead|tbody|tfoot|tr|th|td|caption|figure|figcaption|blockquote|footer|hgroup|kbd|' +
            'samp|pre|mark|ins|del|sub|sup|abbr|hr|iframe|video|audio|canvas|aside|article|address|h5|h6)(?![\\w-])',
    ].join('|'),
);

/* Variables that no rule reads, and what only they read. */
function dropVariables(root: Root): boolean {
    const read = new Set(ours.match(/--[\w-]+/g));
    let dropped = false;
    root.walkDecls((decl) => {
        for (const [, name] of decl.value.matchAll(/var\(\s*(--[\w-]+)/g)) read.add(name!);
    });
    root.walkDecls(/^--/, (decl) => {
        if (read.has(decl.prop)) return;
        decl.remove();
        dropped = true;
    });
    root.walkRules((rule) => void (rule.nodes.length === 0 && rule.remove()));
    return dropped;
}

function usedOnly(): PostcssPlugin {
    return {
        postcssPlugin: 'used-only',
        Once(root) {
            if (!/picocss/.test(root.source?.input.file ?? '')) return;
            root.walkAtRules('media', (media) => {
                if (/prefers-color-scheme/.test(media.params)) media.remove();
            });
            root.walkRules((rule) => {
                if (rule.parent?.type === 'atrule' && 'name' in rule.parent && /keyframes/.test(rule.parent.name)) return;
                const kept = rule.selectors.filter((one) => !unused.test(one.replace(/:not\([^)]*\)/g, '')));
                if (kept.length === 0) rule.remove();
                else rule.selectors = kept;
            });
            while (dropVariables(root)) continue;
        },
    };
}

export default defineConfig({
    plugins: [words()],
    css: { postcss: { plugins: [usedOnly()] } },
    esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
    build: {
        target: 'es2020', // webviews two years old, and then some
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
        rollupOptions: {
            output: {
                /* A file costs its headers, about 1 KB: what most pages share is one. QR codes are few's. */
                manualChunks: (id) => (/src\/parts\/(?!qr)/.test(id) ? 'parts' : undefined),
            },
        },
    },
});
