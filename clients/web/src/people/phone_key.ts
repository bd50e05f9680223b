// The phone's own key (P-256): made here, kept by the browser, never to be taken out of it. The
// server remembers its public half when a worker signs in.
const DB = 'jianan';
const STORE = 'keys';
const NAME = 'phone';

function opened(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
        const asked = indexedDB.open(DB, 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
    });
}

async function keep(pair: CryptoKeyPair): Promise<void> {
    const db = await opened();
    await new Promise<void>((resolve, reject) => {
        const write = db.transaction(STORE, 'readwrite');
        write.objectStore(STORE).put(pair, NAME);
        write.oncomplete = () => resolve();
        write.onerror = () => reject(write.error);
    });
    db.close();
}

export interface PublicKey {
    kty: 'EC';
    crv: 'P-256';
    x: string;
    y: string;
}

/* A new one each time somebody signs in here: what another was bound to is not his. */
export async function newPhoneKey(): Promise<PublicKey> {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
    await keep(pair);
    const { x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
    return { kty: 'EC', crv: 'P-256', x: x!, y: y! };
}
