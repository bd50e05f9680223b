/* A server of its own for the stories: a database in the PostgreSQL of the tests (JIANAN_TEST_PG),
 * fresh keys, HTTPS on a free port, the pages as they were built. All of it goes when it is stopped. */
import {execFileSync, spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, openSync, readFileSync, rmSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import https from 'node:https';

function freePort() {
    return new Promise((resolve) => {
        const probe = createServer().listen(0, '127.0.0.1', () => {
            const {port} = probe.address();
            probe.close(() => resolve(port));
        });
    });
}

function psql(socket, database, sql) {
    return execFileSync('psql', ['-h', socket, '-U', 'postgres', '-d', database, '-XAtqc', sql],
                        {encoding: 'utf8'}).trim();
}

/* One request of a program: a key in place of a cookie. */
export function ask(base, method, path, {key, body, headers = {}} = {}) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const lines = {...headers, 'accept-language': 'zh'};
    if (text !== undefined)
        lines['content-type'] = 'application/json';
    if (key)
        lines.authorization = `Bearer ${key}`;
    if (method !== 'GET')
        lines['idempotency-key'] = crypto.randomUUID();
    return new Promise((resolve, reject) => {
        const request = https.request(base + path, {method, headers: lines,
                                                    rejectUnauthorized: false}, (reply) => {
            const parts = [];
            reply.on('data', (part) => parts.push(part));
            reply.on('end', () => {
                const bytes = Buffer.concat(parts);
                const is = reply.headers['content-type'] ?? '';
                resolve({status: reply.statusCode, headers: reply.headers, bytes,
                         body: is.includes('json') ? JSON.parse(bytes) : null});
            });
        });
        request.on('error', reject);
        request.end(text);
    });
}

async function untilReady(base, child, log) {
    for (let i = 0; i < 300; i++) {
        if (child.exitCode !== null)
            break;
        const reply = await ask(base, 'GET', '/readyz').catch(() => null);
        if (reply?.status === 200)
            return;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the server is not ready:\n${readFileSync(log, 'utf8').slice(-3000)}`);
}

export async function startServer({program, pages, socket}) {
    const dir = mkdtempSync(join(tmpdir(), 'jianan-e2e-'));
    const database = `e2e_${process.pid}`;
    const port = await freePort();
    const log = join(dir, 'log');
    const run = (...args) => execFileSync(program, args, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).trim();

    mkdirSync(join(dir, 'spool'), {mode: 0o700});
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
                             '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout',
                             join(dir, 'tls.key'), '-out', join(dir, 'tls.crt')], {stdio: 'ignore'});
    run('--new-vault', join(dir, 'vault.json'));
    run('--new-signing-key', join(dir, 'signing.pem'));
    psql(socket, 'postgres', `CREATE DATABASE ${database}`);
    const owner = `--database_owner=host=${socket} user=postgres dbname=${database}`;
    run('--migrate', owner);
    const operator = run('--new-operator-key', 'operator', owner);
    const to = openSync(log, 'a');
    const child = spawn(program, [
        `--listen_port=${port}`, `--tls_certificate=${dir}/tls.crt`, `--tls_key=${dir}/tls.key`,
        '--loops=1', `--database=host=${socket} user=jianan_app dbname=${database}`,
        `--vault_file=${dir}/vault.json`, `--signing_key=${dir}/signing.pem`,
        `--spool_dir=${dir}/spool`, `--web_root=${pages}`, '--alert_s=2',
    ], {stdio: ['ignore', to, to]});
    const base = `https://localhost:${port}`;
    const stop = async () => {
        if (child.exitCode === null) {
            const ended = new Promise((resolve) => child.once('exit', resolve));
            child.kill('SIGTERM');
            const timer = setTimeout(() => child.kill('SIGKILL'), 15000);
            await ended;
            clearTimeout(timer);
        }
        psql(socket, 'postgres', `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
        rmSync(dir, {recursive: true, force: true});
    };

    try {
        await untilReady(base, child, log);
    } catch (error) {
        await stop();
        throw error;
    }
    return {base, operator, stop, log, child};
}
