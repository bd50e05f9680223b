// Beside every text file of dist, its .gz and .br: the server sends what lies there and compresses nothing.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = fileURLToPath(new URL('../dist', import.meta.url));

function pack(folder) {
    for (const one of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, one.name);
        if (one.isDirectory()) pack(path);
        else if (/\.(js|css|html|svg|json|webmanifest)$/.test(one.name)) {
            const plain = readFileSync(path);
            writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
            writeFileSync(`${path}.br`, brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
        }
    }
}
pack(dist);
