// Contents: what a put accepts, and the streams a read gives.

import {
  bytesOf,
  optionalText,
  optionalWhole,
  options as optionsOf,
  record,
  text,
  time,
} from './check.js';
import { SealwoodError, caused, invalid, lacking } from './error.js';
import { call, watchingOf } from './glue.js';
import { turn } from './turns.js';
import { TRANSFER } from './watching.js';

/** What an app attaches to an entry. */
export const METADATA = ['contentType', 'metadata', 'modifiedMs'];
/** The options of a stream of a content. */
export const STREAM = [...TRANSFER, 'start', 'end'];
const PUT = [...METADATA, ...TRANSFER, 'deferred', 'sizeHint'];

/** Larger pieces cross into the module's memory, which never shrinks, in parts of this size. */
const PIECE_BYTES_MAX = 1 << 20;
/** Larger contents are given to the module as a stream. */
const WHOLE_BYTES_MAX = 1 << 20;

/** Runs a put of `content` on `raw`, a vault or a batch. */
export async function put(raw, path, content, options) {
  const given = putArguments(options, PUT);
  const whole = typeof content === 'string' ? new TextEncoder().encode(content) : bytesOf(content);
  if (whole && whole.byteLength <= WHOLE_BYTES_MAX) {
    const outcome = await call(options, (watch) => raw.put(path, whole, given, watch), PUT);
    await turn(whole.byteLength);
    return outcome;
  }
  const source = whole ? [whole] : content;
  return putSource(raw, path, source, { ...given, sizeHint: whole?.byteLength ?? given.sizeHint }, options);
}

/** Runs a put of what `content`, a stream, gives. */
export async function putStream(raw, path, content, options) {
  return putSource(raw, path, content, putArguments(options, PUT), options);
}

async function putSource(raw, path, content, given, options) {
  const source = new Source(content);
  given.sizeHint ??= source.size;
  let isDone = false;
  try {
    const start = (watch) => raw.putStream(path, source.next, given, watch);
    const outcome = await call(options, start, PUT);
    isDone = true;
    return outcome;
  } catch (error) {
    throw error.code === 'source-failed' ? caused(error, source.failure) : error;
  } finally {
    source.release(isDone);
  }
}

/** The options of a put as the generated layer reads them. */
export function putArguments(options, known) {
  const { contentType, metadata, modifiedMs, deferred, sizeHint } = optionsOf(options, known);
  return {
    contentType: optionalText(contentType, 'contentType'),
    metadata: Object.entries(record(metadata, 'metadata')).flatMap(([name, value]) => [
      name,
      text(value, 'a value of metadata'),
    ]),
    modifiedMs: modifiedMs == null ? undefined : time(modifiedMs, 'modifiedMs'),
    deferred: Boolean(deferred),
    sizeHint: optionalWhole(sizeHint, 'sizeHint'),
  };
}

/** A source of bytes, asked for one piece after another. */
class Source {
  /** What the app's source threw. */
  failure;
  /** The size, where the source knows it. */
  size;
  #pull;
  #stop;
  /** What is left of a large piece. */
  #rest = new Uint8Array();

  constructor(content) {
    if (isBlob(content)) {
      this.size = content.size;
      this.#readStream(content.stream());
    } else if (typeof content?.getReader === 'function') {
      this.#readStream(content);
    } else {
      const iterate = content?.[Symbol.asyncIterator] ?? content?.[Symbol.iterator];
      if (typeof iterate !== 'function' || typeof content === 'string') {
        throw invalid('content is a string, bytes, a Blob, a ReadableStream or an iterable of bytes');
      }
      const iterator = iterate.call(content);
      this.#pull = () => iterator.next();
      this.#stop = () => iterator.return?.();
    }
  }

  /** A promise of the next bytes, or of `undefined` at the end. */
  next = async () => {
    try {
      while (this.#rest.byteLength === 0) {
        const { done, value } = await this.#pull();
        if (done) return undefined;
        const piece = typeof value === 'string' ? new TextEncoder().encode(value) : bytesOf(value);
        if (!piece) throw new SealwoodError('source-failed', 'a piece is no Uint8Array');
        this.#rest = piece;
      }
      const piece = this.#rest.subarray(0, PIECE_BYTES_MAX);
      this.#rest = this.#rest.subarray(PIECE_BYTES_MAX);
      await turn(piece.byteLength);
      return piece;
    } catch (error) {
      this.failure = error;
      throw error;
    }
  };

  /** Lets the source go; one that was not read to its end is told so. It is not waited for. */
  release(isDone) {
    if (isDone) return;
    try {
      Promise.resolve(this.#stop()).catch(() => {});
    } catch {
      // What a source says to being stopped changes nothing.
    }
  }

  #readStream(stream) {
    let reader;
    try {
      reader = stream.getReader();
    } catch (cause) {
      throw caused(invalid('the stream is locked to another reader'), cause);
    }
    this.#pull = () => reader.read();
    this.#stop = () => reader.cancel();
  }
}

/** Whether `content` is a blob, which another realm, such as a frame, may have made. */
function isBlob(content) {
  const kind = Object.prototype.toString.call(content);
  return ['[object Blob]', '[object File]'].includes(kind) && typeof content.stream === 'function';
}

/** A promise of the bytes of the content that `open` opens, in one array. */
export async function wholeContent(options, open) {
  let at = 0;
  const read = async (raw) => {
    const bytes = room(raw.length);
    await eachPiece(raw, (piece) => {
      bytes.set(piece, at);
      at += piece.byteLength;
    });
    return bytes;
  };
  return call(options, (watch) => whileOpen(open(watch), read), TRANSFER);
}

/** A promise of the content that `open` opens as a blob of its type. What has come is the browser's, which
 * may keep it on its disk. */
export async function contentBlob(options, open) {
  const read = async (raw) => {
    const parts = [];
    await eachPiece(raw, (piece) => parts.push(new Blob([piece])));
    return new Blob(parts, { type: raw.contentType ?? '' });
  };
  return call(options, (watch) => whileOpen(open(watch), read), STREAM);
}

async function whileOpen(opening, read) {
  const raw = await opening;
  try {
    return await read(raw);
  } finally {
    raw.free();
  }
}

async function eachPiece(raw, take) {
  for (let piece = await raw.next(); piece !== undefined; piece = await raw.next()) {
    take(piece);
    await turn(piece.byteLength);
  }
}

function room(length) {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    throw lacking('memory for the whole content', cause);
  }
}

/** A promise of a stream of the content that `open` opens. */
export async function contentStream(options, open) {
  const watching = watchingOf(options, STREAM);
  let raw;
  try {
    raw = await open(watching.raw);
  } catch (thrown) {
    watching.release();
    throw watching.failure(thrown);
  }
  const finish = () => {
    watching.release();
    raw?.free();
    raw = undefined;
  };
  const source = {
    async pull(controller) {
      let piece;
      try {
        piece = await raw.next();
      } catch (thrown) {
        finish();
        throw watching.failure(thrown);
      }
      if (piece === undefined) {
        finish();
        controller.close();
        // Whoever waits with a buffer of his own gets it back.
        controller.byobRequest?.respond(0);
      } else {
        const { byteLength } = piece;
        controller.enqueue(piece);
        await turn(byteLength);
      }
    },
    cancel() {
      raw?.close();
      finish();
    },
  };
  return byteStream(source);
}

/** A stream of bytes. Nothing is read before it is asked for: the core reads ahead. */
function byteStream(source) {
  const strategy = { highWaterMark: 0 };
  try {
    return new ReadableStream({ ...source, type: 'bytes' }, strategy);
  } catch {
    // Some engines have no byte streams yet; all that is missing is that readers bring buffers.
    return new ReadableStream(source, strategy);
  }
}
