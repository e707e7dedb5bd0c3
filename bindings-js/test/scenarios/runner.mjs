// Runs scenarios, in Node and in a page.

import { PATIENCE_MS } from '../patience.mjs';
import { ENGINE_COMMON, engineStep, expectedOf } from './engine-steps.mjs';
import { steps } from './steps.mjs';
import { comparisons, substituted } from './values.mjs';

const COMMON = ['do', 'as', 'vault', 'new', 'batch', 'snapshot', 'store'];
/** What the steps of an API are, and what each of them may have. */
export const VAULTS = {
  stepOf: (step) => steps[step.do],
  common: COMMON,
  expectedOf: (expect) => expect,
};
export const ENGINE = { stepOf: engineStep, common: ['do', 'as', ...ENGINE_COMMON], expectedOf };
const OUTCOME = ['expect', 'error', 'background', 'progress'];

/**
 * Runs every scenario once for each of `variants`, which are sets of variables.
 * @param {object} api what the package exports
 * @param {object[]} scenarios
 * @param {{ family?: object, variants?: object[], memory?: () => Promise<object>, report?: (line: string) => void }} how
 *   `family` is what of the API the scenarios are about, `memory` makes the stores of kind memory
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runScenarios(api, scenarios, how = {}) {
  const { family = VAULTS, variants = [{}], report = console.log } = how;
  const { memory = () => api.BlobStore.memory() } = how;
  const counts = { passed: 0, failed: 0 };
  for (const variables of variants) {
    for (const scenario of scenarios) {
      let name = scenario.name;
      try {
        const { steps, ...rest } = substituted(scenario, variables);
        name = rest.name;
        await new Run(api, family, memory).steps(steps);
        counts.passed += 1;
      } catch (error) {
        counts.failed += 1;
        report(`failed: ${name}: ${error.message}`);
      }
    }
  }
  return counts;
}

class Run {
  #api;
  #family;
  #memory;
  #names = new Names();
  #progress = new Map();
  #tasks = new Map();

  constructor(api, family, memory) {
    this.#api = api;
    this.#family = family;
    this.#memory = memory;
  }

  async steps(list) {
    for (const [index, step] of list.entries()) {
      try {
        await this.#step(step);
      } catch (error) {
        for (const task of this.#tasks.values()) task.abort.abort();
        throw new Error(`step ${index + 1} (${step.do}): ${error.message}`);
      }
    }
  }

  async #step(step) {
    if (step.do === 'await') return this.#task(step).outcome;
    if (step.do === 'cancel') return this.#task(step).abort.abort();
    if (step.do === 'progress') return this.#checkProgress(step);
    const known = this.#family.stepOf(step);
    if (!known) throw new Error('unknown step');
    const strange = Object.keys(step).find(
      (name) => ![...known.members, ...this.#family.common, ...OUTCOME].includes(name),
    );
    if (strange) throw new Error(`unknown member ${strange}`);
    const abort = new AbortController();
    const outcome = this.#outcome(step, known, abort.signal);
    if (step.background === undefined) return outcome;
    // It is awaited by a later step.
    outcome.catch(() => {});
    this.#tasks.set(step.background, { abort, outcome });
  }

  async #outcome(step, known, signal) {
    let result;
    let failure;
    try {
      result = await withinReason(this.#perform(step, known, signal));
    } catch (error) {
      failure = error;
    }
    if (step.error) return compareError(step.error, failure, result);
    if (failure) throw new Error(`${failure.code ?? failure.name}: ${failure.message}`);
    if (!('expect' in step)) return;
    const expected = this.#family.expectedOf(step.expect, this.#names);
    const difference = comparisons[known.comparison](expected, result);
    if (difference) throw new Error(difference);
  }

  async #perform(step, known, signal) {
    const names = this.#names;
    const call = { signal };
    if (step.progress !== undefined) {
      const reports = [];
      this.#progress.set(step.progress, reports);
      call.onProgress = (report) => reports.push(report);
    }
    const handle = step.vault ?? step.batch ?? step.snapshot ?? step.store ?? step.new;
    const on = handle === undefined || step.do === 'store' ? undefined : names.get(handle);
    const host = names.hosts.get(on);
    const key = step.index === undefined ? step.key : names.get(step.keys)[step.index];
    const context = { api: this.#api, names, memory: this.#memory, on, host, key, call };
    const result = await known.run({ ...context, step: { ...step, call } });
    // These have named what they name.
    const isNamed = !['object.get', 'object.list', 'object.head'].includes(step.do);
    if (isNamed) names.give(step.as, result);
    return result;
  }

  #task({ task }) {
    const found = this.#tasks.get(task);
    if (!found) throw new Error(`no task ${task}`);
    return found;
  }

  #checkProgress({ of, expect: { total } = {} }) {
    const reports = this.#progress.get(of) ?? [];
    const last = reports.at(-1);
    if (!last) throw new Error('no progress came');
    if (reports.some((report, index) => index > 0 && report.done < reports[index - 1].done)) {
      throw new Error('progress fell');
    }
    const wanted = total ?? last.total;
    if (last.done !== wanted || last.total !== wanted) {
      throw new Error(`progress ended at ${last.done} of ${last.total}, not ${wanted}`);
    }
  }
}

/** What scenarios have given names to. */
class Names {
  /** The host store behind each handle of one. */
  hosts = new Map();
  #given = new Map();

  give(name, value) {
    if (name !== undefined) this.#given.set(name, value);
  }

  find(name) {
    return this.#given.get(name);
  }

  get(name) {
    if (!this.#given.has(name)) throw new Error(`nothing is named ${name}`);
    return this.#given.get(name);
  }
}

function compareError(expected, failure, result) {
  const describe = (value) => (value instanceof Uint8Array ? `${value.length} bytes` : typeof value);
  if (!failure) throw new Error(`expected ${expected.code}, came ${describe(result)}`);
  const name = expected.code === 'cancelled' ? 'AbortError' : 'SealwoodError';
  if (failure.name !== name || failure.code !== expected.code) {
    const came = `${failure.code ?? failure.name}: ${failure.message}`;
    throw new Error(`expected ${expected.code}, came ${came}`);
  }
  if ('path' in expected && expected.path !== (failure.path ?? null)) {
    throw new Error(`expected the path ${expected.path}, came ${failure.path}`);
  }
}

/** `work`, unless it takes so long that nobody should wait for it. */
async function withinReason(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('no end')), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
