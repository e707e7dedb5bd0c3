// The programs of this package, built for wasm32 with wasm SIMD or without, and loaded.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

// Each has a name and does its work whenever it is run.
export function wasmPrograms(simd) {
  const flags = simd ? ['--features', 'simd'] : [];
  const env = simd ? { ...process.env, RUSTFLAGS: '-C target-feature=+simd128' } : process.env;
  const output = execFileSync(
    'cargo',
    ['build', '--release', '--quiet', '--package', 'benchmarks-web', '--bins', '--target',
      'wasm32-unknown-unknown', '--message-format', 'json', ...flags],
    { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26 },
  );
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((message) => message.reason === 'compiler-artifact' && message.target.kind.includes('bin'))
    .map((message) => {
      const file = message.filenames.find((name) => name.endsWith('.wasm'));
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)));
      return { name: basename(file, '.wasm'), run: () => exports.main(0, 0) };
    });
}
