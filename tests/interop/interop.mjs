/* Other people's software against ours: they verify what we sign, we verify what they sign.
 *
 *   node interop.mjs --jianan FILE --sign-tool FILE
 *
 * ES256 by @auth0/cose, SM2-with-SM3 by sm-crypto, CBOR by cbor-x. Each message is also bent by one
 * bit, which both sides must refuse. Exit: 0 all agree, 1 they do not, 2 usage, 77 not installed. */

import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {createHash, createPublicKey, generateKeyPairSync} from 'node:crypto';
import {parseArgs} from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
if (!existsSync(join(here, 'node_modules'))) {
    console.log(`not asked: run npm ci in ${here}`);
    process.exit(77);
}
const {Sign1} = await import('@auth0/cose');
const {Encoder, Tag} = await import('cbor-x');
const sm2 = (await import('sm-crypto')).default.sm2;

const {jianan, 'sign-tool': signTool} = parseArgs({
    options: {jianan: {type: 'string'}, 'sign-tool': {type: 'string'}},
}).values;
if (!jianan || !signTool) {
    console.error('usage: node interop.mjs --jianan FILE --sign-tool FILE');
    process.exit(2);
}

const SM2_ID = '1234567812345678';
const ALG = {ES256: -7, SM2: -65537};
const PRIVATE = -65537;
const NOW = Math.floor(Date.now() / 1000);
const cbor = new Encoder({mapsAsObjects: false, useRecords: false, tagUint8Array: false,
                          useTag259ForMaps: false, variableMapSize: true});
const folder = mkdtempSync(join(tmpdir(), 'jianan-interop-'));
let asked = 0, wrong = 0;

function expect(holds, what) {
    asked++;
    if (holds)
        return;
    wrong++;
    console.log(`WRONG: ${what}`);
}

/* -- they verify ------------------------------------------------------------- */

function point(key) {
    return '04' + key.x + key.y;
}

async function auth0Verifies(bytes, key) {
    const jwk = {kty: 'EC', crv: 'P-256', x: Buffer.from(key.x, 'hex').toString('base64url'),
                 y: Buffer.from(key.y, 'hex').toString('base64url')};
    try {
        await Sign1.decode(bytes).verify(createPublicKey({key: jwk, format: 'jwk'}));
        return true;
    } catch {
        return false;
    }
}

/* The signature's structure is put together here once more, by cbor-x. */
function toSign(protectedBytes, payload) {
    return Buffer.from(cbor.encode(['Signature1', protectedBytes, Buffer.alloc(0), payload]));
}

function smCryptoVerifies(bytes, key) {
    try {
        const message = Sign1.decode(bytes);
        return sm2.doVerifySignature(
            [...toSign(Buffer.from(message.encodedProtectedHeaders), Buffer.from(message.payload))],
            Buffer.from(message.signature).toString('hex'), point(key),
            {hash: true, publicKey: point(key), userId: SM2_ID});
    } catch {
        return false;
    }
}

function theyVerify(message, bytes) {
    const byPhone = message.name === 'kbt'; /* a phone's key is P-256 */
    return message.alg === 'ES256' || byPhone ? auth0Verifies(bytes, message)
                                              : smCryptoVerifies(bytes, message);
}

async function ourMessages() {
    const run = spawnSync(signTool, [String(NOW)], {encoding: 'utf8', maxBuffer: 1 << 26});
    const lines = run.stdout.trim().split('\n').map((line) => JSON.parse(line));
    expect(run.status === 0 && lines.length === 16, 'sign_tool makes eight kinds by two algorithms');
    for (const message of lines) {
        const bytes = Buffer.from(message.hex, 'hex'), name = `${message.alg} ${message.name}`;
        expect(await theyVerify(message, bytes), `ours, ${name}: they verify it`);
        expect(weVerify(bytes, message, message.alg) === 0, `ours, ${name}: cose verify does`);
        const bent = Buffer.from(bytes);
        bent[bent.length - 80] ^= 1; /* in the payload */
        expect(!await theyVerify(message, bent), `ours, ${name}: bent, they refuse it`);
        const reading = cbor.decode(bytes);
        expect(Buffer.from(cbor.encode(reading)).equals(bytes),
               `ours, ${name}: deterministic, cbor-x writes the same bytes`);
    }
}

/* -- we verify --------------------------------------------------------------- */

/* A COSE_Key as hex, as `jianan cose verify` takes it. */
function coseKey(key, alg) {
    return cbor.encode(new Map([[1, 2], [-1, alg === 'SM2' ? -65537 : 1],
                                [-2, Buffer.from(key.x, 'hex')], [-3, Buffer.from(key.y, 'hex')]]));
}

function weVerify(bytes, key, alg) {
    const file = join(folder, 'key');
    writeFileSync(file, coseKey(key, key.name === 'kbt' ? 'ES256' : alg));
    return spawnSync(jianan, ['cose', 'verify', '--key', file], {input: bytes}).status;
}

function base32(bytes) {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    let bits = 0, held = 0, text = '';
    for (const byte of bytes) {
        held = held << 8 | byte;
        for (bits += 8; bits >= 5; bits -= 5)
            text += letters[held >> (bits - 5) & 31];
        held &= (1 << bits) - 1;
    }
    return bits > 0 ? text + letters[held << (5 - bits) & 31] : text;
}

function judged(bytes, key, alg, kid) {
    const file = join(folder, 'trust.json');
    writeFileSync(file, JSON.stringify({keys: [{kid, alg, x: key.x, y: key.y, kinds: [1], nbf: 0,
                                                exp: 4102444800, state: 'active'}]}));
    const run = spawnSync(jianan, ['code', 'verify', '--trust', file, '--now', String(NOW)],
                          {input: 'JA1.' + base32(bytes) + '\n', encoding: 'utf8'});
    return JSON.parse(run.stdout || '{}').why;
}

function kidOf(key) {
    return createHash('sha256').update(Buffer.from(key.x + key.y, 'hex')).digest('hex').slice(0, 8);
}

function liveHeader(alg, kid) {
    return new Map([[1, ALG[alg]], [4, Buffer.from(kid, 'hex')], [PRIVATE, 1]]);
}

function livePayload(colour) {
    return Buffer.from(cbor.encode(new Map([[4, NOW + 60], [6, NOW],
                                            [PRIVATE, [1048577, colour, 7]]])));
}

function checkTheirs(bytes, key, alg, kid) {
    expect(weVerify(bytes, key, alg) === 0, `theirs, ${alg}: cose verify accepts it`);
    expect(judged(bytes, key, alg, kid) === 'ok', `theirs, ${alg}: code verify opens by it`);
    const bent = Buffer.from(bytes);
    bent[bent.length - 1] ^= 1;
    expect(weVerify(bent, key, alg) === 1, `theirs, ${alg}: bent, cose verify refuses it`);
    expect(judged(bent, key, alg, kid) === 'signature', `theirs, ${alg}: bent, code verify, too`);
}

async function theirES256() {
    const pair = generateKeyPairSync('ec', {namedCurve: 'P-256'});
    const jwk = pair.publicKey.export({format: 'jwk'});
    const key = {x: Buffer.from(jwk.x, 'base64url').toString('hex'),
                 y: Buffer.from(jwk.y, 'base64url').toString('hex')};
    const kid = kidOf(key);
    const message = await Sign1.sign([...liveHeader('ES256', kid)], [], livePayload(0),
                                     pair.privateKey);
    const protectedBytes = Buffer.from(message.encodedProtectedHeaders);
    checkTheirs(cbor.encode(new Tag([protectedBytes, new Map(), Buffer.from(message.payload),
                                     Buffer.from(message.signature)], 18)), key, 'ES256', kid);
}

function theirSM2() {
    const pair = sm2.generateKeyPairHex();
    const key = {x: pair.publicKey.slice(2, 66), y: pair.publicKey.slice(66)};
    const kid = kidOf(key);
    const protectedBytes = Buffer.from(cbor.encode(liveHeader('SM2', kid))), payload = livePayload(0);
    const signature = sm2.doSignature([...toSign(protectedBytes, payload)], pair.privateKey,
                                      {hash: true, publicKey: pair.publicKey, userId: SM2_ID});
    checkTheirs(cbor.encode(new Tag([protectedBytes, new Map(), payload,
                                     Buffer.from(signature, 'hex')], 18)), key, 'SM2', kid);
}

try {
    await ourMessages();
    for (let round = 0; round < 20; round++) {
        await theirES256(); /* signatures begin with a zero byte once in 256 */
        theirSM2();
    }
} finally {
    rmSync(folder, {recursive: true});
}
console.log(`interop: ${asked} questions, ${wrong} wrong (@auth0/cose, sm-crypto, cbor-x)`);
process.exit(wrong === 0 ? 0 : 1);
