// The types of the packed package under strict compilers, from the oldest that is supported on.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';

import { installed, projectAmongThem } from '../environments.mjs';
import { run } from '../packed-app.mjs';

const STRICT = {
  strict: true,
  noEmit: true,
  target: 'es2022',
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
};

/** What the platform of the app declares. */
const PLATFORMS = {
  'with the library of a page': { module: 'esnext', moduleResolution: 'bundler', lib: ['es2022', 'dom'], types: [] },
  'with the types of Node': { module: 'nodenext', moduleResolution: 'nodenext', lib: ['es2022'], types: ['node'] },
  'with neither': { module: 'node16', moduleResolution: 'node16', lib: ['es2022'], types: [] },
};

const ANYWHERE = `
  import { BlobStore, Credential, SealwoodError, Vault, generateSecret, init } from 'sealwood';
  import { init as slimInit } from 'sealwood/slim';
  import { init as inlineInit } from 'sealwood/inline';
  import { checkStore } from 'sealwood/testing';
  import { Domain, Engine, LtHash, init as engineInit } from 'sealwood/engine';
  import { init as slimEngineInit } from 'sealwood/engine/slim';
  import { init as inlineEngineInit } from 'sealwood/engine/inline';
  import engineWasm from 'sealwood/engine.wasm';
  import wasm from 'sealwood/sealwood.wasm';
  import type { CustomStore, EntryInfo, OwnBytes, SealwoodErrorCode } from 'sealwood';

  export async function use(store: CustomStore): Promise<EntryInfo | undefined> {
    await init();
    await inlineInit();
    await slimInit(wasm);
    const credential = Credential.passphrase('open sesame');
    const vault = await Vault.create(store, credential, { kdf: { passes: 3 } });
    const info = await vault.put('a', new Uint8Array(1), { onProgress: ({ done }) => done.toFixed() });
    const bytes: Uint8Array = await vault.get('a');
    for await (const entry of vault.entries('')) if (entry.kind === 'file') return entry;
    const kept: number = await checkStore(BlobStore.memory(), 'check');
    const tag: string = await BlobStore.custom(store).put('a', new Uint8Array(kept), 'absent');
    await BlobStore.custom(BlobStore.memory()).put('a', bytes, { matches: tag });
    return info;
  }

  export async function useEngine(): Promise<Uint8Array | undefined> {
    await engineInit();
    await inlineEngineInit();
    await slimEngineInit(engineWasm);
    const engine = await Engine.memory({ background: 'manual', access: null, recovery: null });
    const notes = await engine.namespace('notes');
    const revision: number = await notes.put('a', new Uint8Array(1), { precondition: 'absent' });
    await engine.batch().put(notes, 'b', 'text').commit({ durability: 'sync' });
    for await (const { key, to } of notes.watch({ since: revision })) if (to === undefined) return key;
    const hash = new LtHash().addBatch(new Domain('notes'), [['a', new Uint8Array(1)]]);
    return (await notes.get('a'))?.bytes ?? hash.checksum();
  }

  export class Kept implements Pick<CustomStore, 'getRange' | 'put'> {
    kept: Uint8Array = generateSecret();
    getRange(): Uint8Array {
      return this.kept;
    }
    put(key: string, bytes: Uint8Array): string {
      this.kept = bytes;
      return key;
    }
  }

  export function codeOf(error: unknown): SealwoodErrorCode | undefined {
    return error instanceof SealwoodError ? error.code : undefined;
  }

  // @ts-expect-error a constructor is nobody's
  new Vault();
  // @ts-expect-error bytes are no text
  Credential.secret('text');
  // @ts-expect-error there is no such code
  new SealwoodError('no-such-code');
  // @ts-expect-error the slim entry has no module of its own
  void slimInit();
  // @ts-expect-error an engine is opened
  new Engine();
  // @ts-expect-error there is no such durability
  void Engine.memory().then((engine) => engine.batch().commit({ durability: 'always' }));
  // @ts-expect-error what the package gives is no text
  export const text: string = generateSecret() satisfies OwnBytes;
`;
/** Where the platform has streams and blobs. */
const PLATFORM = `
  import { Vault, init } from 'sealwood';

  export async function use(vault: Vault, signal: AbortSignal): Promise<Blob> {
    await init(new URL('file:///x'));
    const pieces: ReadableStream<Uint8Array> = await vault.getStream('a', { start: 0, end: 1, signal });
    await vault.putStream('b', pieces);
    await vault.put('c', new Blob(['c']));
    return new Blob([await vault.get('a'), await vault.getRange('a', 0, 1)]);
  }
`;
/** Since arrays know what they are over. */
const OWN = `
  import { BlobStore, Vault, generateSecret, secretOfPhrase } from 'sealwood';
  import type { CustomStore } from 'sealwood';

  export async function use(vault: Vault, store: BlobStore): Promise<ArrayBuffer[]> {
    const link = await vault.link('a');
    const { bytes } = await store.get('a');
    const all = [await vault.get('a'), await vault.getRange('a', 0, 1), await store.getRange('a', 0, 1), bytes];
    if (link) all.push(link);
    return [...all, generateSecret(), secretOfPhrase('')].map((own) => own.buffer);
  }

  export const put: CustomStore['put'] = (_key, bytes) => String(bytes.buffer satisfies ArrayBuffer);
`;
/** Since there is `using`. */
const USING = `
  import { Credential, Vault } from 'sealwood';

  export async function use(vault: Vault): Promise<void> {
    using credential = Credential.passphrase('open sesame');
    await using closing = vault;
    void [credential, closing];
  }
`;

const FILES = { 'anywhere.ts': ANYWHERE, 'platform.ts': PLATFORM, 'own.ts': OWN, 'using.ts': USING };
/** For each compiler, the files that it is too old for. */
const COMPILERS = { '5.0': ['own.ts', 'using.ts'], '5.7': [], '5.9': [], 6: [], 7: [] };

for (const [version, tooNew] of Object.entries(COMPILERS)) {
  for (const [platform, options] of Object.entries(PLATFORMS)) {
    test(`TypeScript ${version} ${platform}`, (context) => {
      // Those of today are not for compilers of then.
      const types = tooNew.length > 0 ? options.types.map((name) => `${name}-of-2023`) : options.types;
      const without = platform === 'with neither' ? [...tooNew, 'platform.ts'] : tooNew;
      const files = Object.keys(FILES).filter((name) => !without.includes(name));
      const config = JSON.stringify({ compilerOptions: { ...STRICT, ...options, types }, files });
      const root = projectAmongThem(context, { ...FILES, 'tsconfig.json': config });
      const compiler = join(installed(), 'node_modules', `typescript-${version}`, 'bin/tsc');
      assert.equal(run(root, process.execPath, [compiler, '-p', root]).stdout, '');
    });
  }
}
