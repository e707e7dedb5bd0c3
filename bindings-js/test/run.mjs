// The runner of scenarios on the command line:
//
//   node bindings-js/test/run.mjs scenario FILE... [--var NAME=VALUE]... [--each NAME=VALUE,VALUE...]
//                                          [--engine] [--browser] [--memory indexedDb]
//
// With --engine they are about the engine and the hashes of rows, an entry of their own.
// With --browser they run in a page of Chromium; --memory indexedDb, there, gives every memory store of
// a scenario a database of its own instead.

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import * as engine from '../js/engine/node.js';
import * as vaults from '../js/node.js';
import { resultLine } from './result-line.mjs';
import { ENGINE, VAULTS, runScenarios } from './scenarios/runner.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    var: { type: 'string', multiple: true, default: [] },
    each: { type: 'string' },
    engine: { type: 'boolean', default: false },
    browser: { type: 'boolean', default: false },
    memory: { type: 'string' },
  },
});
const [command, ...files] = positionals;
if (command !== 'scenario' || files.length === 0) {
  console.error('usage: run.mjs scenario FILE... [--var NAME=VALUE] [--each NAME=V,V] [--engine] [--browser]');
  process.exit(2);
}

const variables = Object.fromEntries(values.var.map(assignment));
const [eachName, eachValues] = values.each ? assignment(values.each) : [];
const variants = eachName
  ? eachValues.split(',').map((value) => ({ ...variables, [eachName]: value }))
  : [variables];
const contents = await Promise.all(files.map((file) => readFile(file, 'utf8')));
const scenarios = contents.flatMap((content) => JSON.parse(content));

const counts = values.browser ? await inBrowser() : await inNode();
console.log(resultLine(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;

async function inNode() {
  const [api, family] = values.engine ? [engine, ENGINE] : [vaults, VAULTS];
  await api.init();
  return runScenarios(api, scenarios, { family, variants });
}

async function inBrowser() {
  const { runInPage } = await import('./browser/scenarios.mjs');
  return runInPage(scenarios, { engine: values.engine, variants, memory: values.memory });
}

function assignment(text) {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new Error(`not NAME=VALUE: ${text}`);
  return [name, value];
}
