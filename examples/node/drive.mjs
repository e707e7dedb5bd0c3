#!/usr/bin/env node
// An end-to-end encrypted drive on the command line. See README.md.

import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

import { BlobStore, Credential, SealwoodError, Vault, init } from 'sealwood';

const USAGE = `usage: drive init | ls [PATH] | put FILE [PATH] | get PATH [FILE] | mv FROM TO | rm PATH

SEALWOOD_VAULT       where the vault is: dir:PATH, or s3://BUCKET/PREFIX?endpoint=URL&region=REGION
SEALWOOD_PASSPHRASE  what opens it
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN  for a bucket`;

const TYPES = { '.txt': 'text/plain', '.jpg': 'image/jpeg', '.png': 'image/png', '.pdf': 'application/pdf' };

/** What the words of the command line ask for. */
const COMMANDS = {
  async ls(vault, path = '') {
    for await (const { path: found, kind, size } of vault.entriesRecursive(path)) {
      if (kind === 'file') console.log(`${String(size).padStart(12)}  ${found}`);
    }
  },

  async put(vault, file, path = basename(file)) {
    const { size, mtimeMs } = await stat(file);
    const info = await vault.putStream(path, Readable.toWeb(createReadStream(file)), {
      contentType: TYPES[extname(file).toLowerCase()],
      modifiedMs: Math.round(mtimeMs),
      sizeHint: size,
      signal: interrupted(),
      onProgress: bar,
    });
    console.log(`${info.path}: ${info.size} bytes`);
  },

  async get(vault, path, file = basename(path)) {
    const stream = await vault.getStream(path, { signal: interrupted(), onProgress: bar });
    await pipeline(stream, createWriteStream(file));
    console.log(`${file}: written`);
  },

  mv: (vault, from, to) => vault.rename(from, to),
  rm: (vault, path) => vault.removeAll(path),
};

/** The store that SEALWOOD_VAULT names. */
async function storeOf(address) {
  if (address.startsWith('dir:')) return BlobStore.directory(address.slice(4));
  const { hostname, pathname, searchParams } = new URL(address);
  return BlobStore.s3({
    bucket: hostname,
    prefix: pathname.slice(1),
    endpoint: searchParams.get('endpoint'),
    region: searchParams.get('region') ?? 'us-east-1',
    accessKeyId: process.env.AWS_ACCESS_KEY_ID,
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
    sessionToken: process.env.AWS_SESSION_TOKEN,
  });
}

/** A signal for the first Ctrl-C: the transfer stops and the vault stays whole. */
function interrupted() {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  return abort.signal;
}

function bar({ done, total }) {
  if (!process.stderr.isTTY) return;
  const end = done === total ? '\n' : '';
  process.stderr.write(`\r${Math.floor((100 * done) / Math.max(total, 1))} %${end}`);
}

async function main([name, ...parameters]) {
  const { SEALWOOD_VAULT: address, SEALWOOD_PASSPHRASE: passphrase } = process.env;
  const command = COMMANDS[name];
  const isShort = name !== 'init' && name !== 'ls' && parameters.length < (name === 'mv' ? 2 : 1);
  if ((!command && name !== 'init') || isShort || !address || !passphrase) {
    console.error(USAGE);
    return 2;
  }
  await init();
  const store = await storeOf(address);
  const credential = Credential.passphrase(passphrase);
  if (name === 'init') {
    const prepared = await Vault.prepare(credential);
    console.log(`Write these words down; they open the vault without the passphrase:\n\n${prepared.recoveryPhrase()}`);
    await (await prepared.create(store)).close();
    return 0;
  }
  const vault = await Vault.open(store, credential);
  credential.close();
  await command(vault, ...parameters);
  await vault.close();
  return 0;
}

const { positionals } = parseArgs({ allowPositionals: true });
try {
  process.exitCode = await main(positionals);
} catch (error) {
  if (!(error instanceof SealwoodError)) throw error;
  console.error(`drive: ${error.message}${error.path === undefined ? '' : `: ${error.path}`} (${error.code})`);
  process.exitCode = 1;
}
