// All tests of the package: `node --expose-gc bindings-js/test/test.mjs`. What it needs beside a built
// package is in the variables SEALWOOD_CHROMIUM, SEALWOOD_JS_ENVIRONMENTS and SEALWOOD_MOTO_SERVER.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const list = (directory, end) =>
  readdirSync(`${root}/${directory}`)
    .filter((name) => name.endsWith(end))
    .sort()
    .map((name) => `${directory}/${name}`);

const scenarios = ['bindings-js/test/run.mjs', 'scenario', ...list('conformance/scenarios', '.json')];
const reporter = `--test-reporter=${root}/bindings-js/test/reporter.mjs`;
const units = list('bindings-js/test/unit', '.test.mjs');
const engineScenarios = ['bindings-js/test/run.mjs', 'scenario', '--engine'];
const ofEngine = [...engineScenarios, ...list('conformance/engine', '.json')];
const inDirectories = [...engineScenarios, ...list('conformance/engine/directory', '.json')];
const directory = mkdtempSync(join(tmpdir(), 'sealwood-'));
process.on('exit', () => rmSync(directory, { recursive: true }));
const commands = {
  'scenarios in Node': scenarios,
  'scenarios in Chromium': [...scenarios, '--browser'],
  'scenarios in Chromium over IndexedDB': [...scenarios, '--browser', '--memory', 'indexedDb'],
  'scenarios of the engine in Node': ofEngine,
  'scenarios of the engine in directories': [...inDirectories, '--var', `DIRECTORY=${directory}`],
  'scenarios of the engine in Chromium': [...ofEngine, '--browser'],
  'the package': ['--expose-gc', '--test', reporter, '--test-concurrency=2', ...units],
};
for (const [what, parameters] of Object.entries(commands)) {
  console.log(`-- ${what}`);
  const { status } = spawnSync(process.execPath, parameters, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
