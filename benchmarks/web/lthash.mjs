// Times LtHash in this JavaScript engine, with wasm SIMD and without, interleaved; each row has the
// fastest round. Prints one JSON object a line with `--json`, text without.
import { wasmPrograms } from './programs.mjs';

const ELEMENTS = 500;
const ROUNDS = 60;

const json = process.argv.includes('--json');
const programs = [false, true].flatMap((simd) =>
  wasmPrograms(simd)
    .filter((program) => program.name.startsWith('lthash_'))
    .map(({ name, run }) => ({
      peer: simd ? 'sealwood-wasm-simd128' : 'sealwood-wasm-portable',
      bytes: Number(name.slice('lthash_'.length)),
      run,
      fastest: Infinity,
    })),
);
for (let round = 0; round < ROUNDS; round++) {
  for (const program of programs) {
    const start = performance.now();
    program.run();
    program.fastest = Math.min(program.fastest, performance.now() - start);
  }
}
programs.sort((a, b) => a.bytes - b.bytes);
for (const { peer, bytes, fastest } of programs) {
  const row = { bench: 'lthash', peer, bytes, threads: 1, avx512: false, ns_per_element: (fastest * 1e6) / ELEMENTS };
  console.log(json ? JSON.stringify(row) : `${peer} ${bytes} bytes ${row.ns_per_element.toFixed(1)} ns`);
}
