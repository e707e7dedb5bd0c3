// Reports what node:test ran: failures in full, and at the end the line that test commands end with.

import { resultLine } from './result-line.mjs';

export default async function* report(events) {
  const counts = { passed: 0, failed: 0, ignored: 0 };
  for await (const { type, data } of events) {
    // A file is reported like a test that holds its tests.
    const isTest = !/\.mjs$/.test(data?.name ?? '');
    if (type === 'test:pass' && isTest) {
      counts[data.skip || data.todo ? 'ignored' : 'passed'] += 1;
      yield `ok: ${data.name} (${Math.round(data.details.duration_ms)} ms)\n`;
    } else if (type === 'test:fail') {
      const { cause, message } = data.details.error;
      counts.failed += 1;
      yield `failed: ${data.name}: ${cause?.stack ?? cause ?? message}\n`;
    } else if (type === 'test:stdout' || type === 'test:stderr') {
      yield data.message;
    }
  }
  yield `${resultLine(counts)}\n`;
}
