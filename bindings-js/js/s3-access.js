// Keys and signatures of a bucket that the app's functions give, as the generated layer asks for them.

import { options as optionsOf, optionalFunction, optionalText, text, time } from './check.js';
import { SealwoodError, invalid } from './error.js';

/** What a store may fail with; other failures of the app's functions count as a refusal. */
const CODES = ['store-denied', 'store-unavailable', 'store-failed', 'cancelled'];

/** The functions of `config` that stand in for a key; nothing where it has a key. */
export function hostAccess(config) {
  const credentials = optionalFunction(config.credentials, 'credentials');
  const sign = optionalFunction(config.sign, 'sign');
  const hasKey = config.accessKeyId != null || config.secretAccessKey != null;
  if ([hasKey, credentials, sign].filter(Boolean).length !== 1) {
    throw invalid('a bucket has accessKeyId and secretAccessKey, or credentials, or sign');
  }
  if (credentials) return { keys: () => answer('credentials', () => keys(credentials)) };
  if (sign) return { sign: (...request) => answer('sign', () => signed(sign, ...request)) };
  return undefined;
}

async function keys(credentials) {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = (await credentials()) ?? {};
  return [
    text(accessKeyId, 'accessKeyId'),
    text(secretAccessKey, 'secretAccessKey'),
    optionalText(sessionToken, 'sessionToken') ?? '',
    expiration == null ? '' : String(time(expiration, 'expiration')),
  ];
}

async function signed(sign, method, url, flat, body) {
  const headers = {};
  for (let at = 0; at < flat.length; at += 2) headers[flat[at]] = flat[at + 1];
  const content = method === 'PUT' ? body : undefined;
  const given = await sign({ method, url, headers: { ...headers }, body: content });
  const answered = optionsOf(given, ['url', 'headers']);
  const added = [];
  for (const [name, value] of new Headers(answered.headers ?? {})) {
    // The host names itself; what was signed and comes back as it was is there already.
    if (name === 'host' || headers[name] === value) continue;
    if (name in headers) throw invalid(`the header ${name} is not to be changed`);
    added.push(name, value);
  }
  return [answered.url == null ? url : String(answered.url), ...added];
}

/** What `work` gives; what it throws, as the failure of a store. */
async function answer(what, work) {
  try {
    return await work();
  } catch (error) {
    const code = CODES.includes(error?.code) ? error.code : 'store-denied';
    throw new SealwoodError(code, `the app's function ${what}: ${error?.message ?? error}`);
  }
}
