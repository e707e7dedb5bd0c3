// Builds the programs of this package for wasm32 and times them in this JavaScript engine beside
// WebCrypto's AES-GCM. Prints one JSON object a line. With `--simd`, builds with wasm SIMD.
import { wasmPrograms } from './programs.mjs';

const BYTES = 1 << 20;
const MESSAGES = 8;
const ROUNDS = 9;

const simd = process.argv.includes('--simd');
const sealing = wasmPrograms(simd).filter((program) => !program.name.startsWith('lthash'));
const wasm = sealing.map(({ name, run }) => ({ name: `wasm-${name}`, run }));
const peers = [...wasm, webCrypto()];
for (const peer of peers) await peer.run();

const samples = peers.map(() => []);
for (let round = 0; round < ROUNDS; round++) {
  for (const [index, peer] of peers.entries()) {
    const start = performance.now();
    await peer.run();
    samples[index].push((BYTES * MESSAGES) / (performance.now() - start) / 1e6);
  }
}
for (const [index, peer] of peers.entries()) {
  const gbPerS = Number(median(samples[index]).toFixed(3));
  console.log(JSON.stringify({ bench: 'web-seal', peer: peer.name, simd, bytes: BYTES, gb_per_s: gbPerS }));
}

function webCrypto() {
  const message = new Uint8Array(BYTES);
  const run = async () => {
    for (let i = 0; i < MESSAGES; i++) {
      const secret = crypto.getRandomValues(new Uint8Array(32));
      const key = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt']);
      await crypto.subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, message);
    }
  };
  return { name: 'webcrypto-aes-gcm', run };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
