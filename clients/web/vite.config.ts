// Everything is a file of ours with a hash in its name: the server's CSP permits nothing inline.
import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

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

export default defineConfig({
    plugins: [words()],
    esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
    build: {
        target: 'es2020', // webviews two years old, and then some
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
    },
});
