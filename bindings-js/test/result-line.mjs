// The line that a test command ends with.

/** `test result: ok. 3 passed; 0 failed; 0 ignored`, or `FAILED.` */
export function resultLine({ passed, failed, ignored = 0 }) {
  const verdict = failed === 0 ? 'ok' : 'FAILED';
  return `test result: ${verdict}. ${passed} passed; ${failed} failed; ${ignored} ignored`;
}
