// The comments of the types: everything public has one, all that can be called with an example, and the
// examples are what a strict compiler takes.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';

import { project } from '../packed.mjs';
import { ENGINE, ENGINE_ENTRIES, ENTRIES, SHARED, typesIn } from '../types.mjs';

/** What is declared in the types: each name with what it is a member of, its comment and its shape. */
function declarations() {
  return [...SHARED, ...ENTRIES, ...ENGINE, ...ENGINE_ENTRIES].flatMap((file) => {
    const lines = typesIn(file).split('\n');
    let owner;
    return lines.flatMap((line, at) => {
      const top = /^export (class|interface|type|function|const) (\w+)/.exec(line);
      if (top) {
        const [, kind, name] = top;
        owner = line.endsWith('{') ? { name } : undefined;
        return { file, kind, name, comment: commentAbove(lines, at) };
      }
      if (line.startsWith('}')) owner = undefined;
      // Parameters on lines of their own end in a comma.
      const member = /^ {2}(?:static |readonly |get )*(\w+|\[Symbol\.\w+\])\??([(:]).*(?<!,)$/.exec(line);
      if (!owner || !member || /^ {2}private /.test(line)) return [];
      const kind = member[2] === '(' || line.includes(' get ') ? 'method' : 'property';
      return { file, kind, name: member[1], owner, comment: commentAbove(lines, at) };
    });
  });
}

/** The text of the comment that ends above the line `at`; nothing if there is none. */
function commentAbove(lines, at) {
  if (!/\*\/$/.test(lines[at - 1])) return undefined;
  let start = at - 1;
  while (!lines[start].trimStart().startsWith('/**')) start -= 1;
  return lines
    .slice(start, at)
    .map((line) => line.replace(/^ *(?:\/\*\*|\*\/|\* ?)/, '').replace(/ *\*\/$/, ''))
    .join('\n');
}

function examplesIn(comment) {
  return [...(comment ?? '').matchAll(/@example\n```ts\n([^]*?)\n```/g)].map(([, code]) => code);
}

test('everything public has a comment, and all that can be called an example', () => {
  const found = declarations();
  assert.ok(found.length > 200, `${found.length} declarations`);
  for (const { file, kind, name, owner, comment } of found) {
    const what = `${file}: ${owner ? `${owner.name}.` : ''}${name}`;
    assert.ok(comment?.trim(), `${what} has no comment`);
    if (kind !== 'property') assert.ok(examplesIn(comment).length > 0, `${what} has no example`);
  }
});

test('the examples are what a strict compiler takes', (context) => {
  const found = declarations().flatMap(({ comment, file }) =>
    examplesIn(comment).map((code) => ({ code, isOfEngine: file.startsWith('engine/') })),
  );
  const examples = found.map(({ code }) => code);
  const imports = (entry, files) => {
    const names = declarations().filter(({ owner, file }) => !owner && files.includes(file));
    return `import { init, ${[...new Set(names.map(({ name }) => name))].join(', ')} } from '${entry}';`;
  };
  const given = [
    imports('sealwood', SHARED),
    `declare const vault: Vault, store: BlobStore, credential: Credential, custom: CustomStore;
    declare const batch: Batch, worker: Worker;`,
  ];
  const givenOfEngine = [
    imports('sealwood/engine', [...ENGINE, 'error']),
    `declare const engine: Engine, replica: Engine, notes: Namespace, others: Namespace, snapshot: NamespaceSnapshot;
    declare const changes: EngineBatch, hash: LtHash, domain: Domain, secret: Uint8Array;
    declare const partitions: PartitionedLtHash, theirs: PartitionedLtHash, partition: Partition;`,
  ];
  const files = {};
  found.forEach(({ code, isOfEngine }, index) => {
    const own = code.split('\n').filter((line) => line.startsWith('import '));
    const rest = code.split('\n').filter((line) => !line.startsWith('import '));
    const all = own.length > 0 ? own : isOfEngine ? givenOfEngine : given;
    files[`${index}.ts`] = [...all, 'export async function example() {', ...rest, '}'].join('\n');
  });
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['es2022', 'esnext.disposable', 'dom', 'dom.iterable'],
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    types: [],
  };
  const config = JSON.stringify({ compilerOptions, files: Object.keys(files) });
  const root = project(context, { ...files, 'tsconfig.json': config });
  const resolve = createRequire(import.meta.url).resolve;
  const compiler = join(resolve('typescript/package.json'), '../bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', root], { encoding: 'utf8' });
  const of = stdout.replace(/^(\d+)\.ts/gm, (name, index) => `${examples[index]}\n${name}`);
  assert.equal(status, 0, of);
});
