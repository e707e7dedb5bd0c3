// The values of scenarios: variables, contents, secrets, and how results are compared.

/** `value` with every `${NAME}` in its strings and names replaced. */
export function substituted(value, variables) {
  if (typeof value === 'string') {
    return value.replaceAll(/\$\{(\w+)\}/g, (_, name) => {
      if (!(name in variables)) throw new Error(`unknown variable ${name}`);
      return variables[name];
    });
  }
  if (Array.isArray(value)) return value.map((item) => substituted(item, variables));
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([name, member]) => [
    substituted(name, variables),
    substituted(member, variables),
  ]);
  return Object.fromEntries(members);
}

/** The bytes a content stands for. */
export function contentOf(content) {
  if (typeof content?.text === 'string') return new TextEncoder().encode(content.text);
  if (typeof content?.hex === 'string') return fromHex(content.hex);
  if (!Number.isInteger(content?.seed) || !Number.isInteger(content.size)) {
    throw new Error(`no content: ${JSON.stringify(content)}`);
  }
  const { seed, size, from = 0 } = content;
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at++) {
    const index = from + at;
    bytes[at] = seed + 31 * index + Math.floor(index / 251);
  }
  return bytes;
}

/** The bytes a secret stands for. */
export function secretOf(secret) {
  return typeof secret === 'number' ? new Uint8Array(32).fill(secret) : fromHex(secret);
}

export function fromHex(digits) {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** How the results of a step are compared: each says what is wrong, or nothing. */
export const comparisons = {
  content(expected, actual) {
    if (expected === null) return comparisons.value(null, actual);
    const wanted = contentOf(expected);
    if (actual?.length !== wanted.length) {
      return `expected ${wanted.length} bytes, came ${actual?.length}`;
    }
    const at = wanted.findIndex((byte, index) => byte !== actual[index]);
    return at < 0 ? undefined : `expected another byte at ${at}`;
  },

  /** The members that are expected, and no others; `metadata` as a whole. */
  members(expected, actual) {
    if (expected === null) return comparisons.value(null, actual);
    for (const [name, wanted] of Object.entries(expected)) {
      const found = actual?.[name] ?? null;
      if (!isEqual(wanted, found)) return differing(`${name} ${show(wanted)}`, found);
    }
    return undefined;
  },

  /** Of an object the members that are expected, anything else as a whole. */
  said(expected, actual) {
    const isObject = typeof expected === 'object' && !Array.isArray(expected);
    return comparisons[isObject ? 'members' : 'value'](expected, actual);
  },

  value(expected, actual) {
    const found = actual ?? null;
    return isEqual(expected, found) ? undefined : differing(show(expected), found);
  },

  paths(expected, { paths }) {
    if (new Set(paths).size !== paths.length) return 'expected no path twice';
    return comparisons.value([...expected.paths].sort(), [...paths].sort());
  },

  nothing(expected) {
    return `this step gives nothing, and ${show(expected)} is expected`;
  },
};

function isEqual(left, right) {
  if (left === null || typeof left !== 'object') return left === right;
  if (right === null || typeof right !== 'object') return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isEqual(left[name], right[name]))
  );
}

function differing(wanted, found) {
  return `expected ${wanted}, came ${show(found)}`;
}

function show(value) {
  return JSON.stringify(value)?.slice(0, 200);
}
