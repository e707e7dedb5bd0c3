// Contents: what a put accepts, and the streams a read gives.

import {
  bytesOf,
  optionalText,
  optionalTime,
  optionalWhole,
  options as optionsOf,
  text,
} from './check.js';
import { SealwoodError, caused, invalid } from './error.js';
import { Watching, call } from './watching.js';

/** Larger pieces cross into the module's memory, which never shrinks, in parts of this size. */
const PIECE_BYTES_MAX = 1 << 20;
/** Larger contents are given to the module as a stream. */
const WHOLE_BYTES_MAX = 4 << 20;

/** Runs a put of `content` on `raw`, a vault or a batch. */
export async function put(raw, path, content, options) {
  const given = putArguments(options);
  const whole = typeof content === 'string' ? new TextEncoder().encode(content) : bytesOf(content);
  if (whole && whole.byteLength <= WHOLE_BYTES_MAX) {
    return call(options, (watch) => raw.put(path, whole, given, watch));
  }
  const source = whole ? [whole] : content;
  return putSource(raw, path, source, { ...given, sizeHint: whole?.byteLength ?? given.sizeHint }, options);
}

/** Runs a put of what `content`, a stream, gives. */
export async function putStream(raw, path, content, options) {
  return putSource(raw, path, content, putArguments(options), options);
}

async function putSource(raw, path, content, given, options) {
  const source = new Source(content);
  given.sizeHint ??= source.size;
  let isDone = false;
  try {
    const outcome = await call(options, (watch) => raw.putStream(path, source.next, given, watch));
    isDone = true;
    return outcome;
  } catch (error) {
    throw error.code === 'source-failed' ? caused(error, source.failure) : error;
  } finally {
    source.release(isDone);
  }
}

/** The options of a put as the generated layer reads them. */
export function putArguments(options) {
  const { contentType, metadata, modifiedMs, deferred, sizeHint } = optionsOf(options);
  return {
    contentType: optionalText(contentType, 'contentType'),
    metadata: Object.entries(optionsOf(metadata)).flatMap(([name, value]) => [
      name,
      text(value, 'a value of metadata'),
    ]),
    modifiedMs: optionalTime(modifiedMs, 'modifiedMs'),
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
    if (typeof Blob === 'function' && content instanceof Blob) {
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

/** A promise of a stream of the content that `open` opens. */
export async function contentStream(options, open) {
  const watching = new Watching(options);
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
      } else {
        controller.enqueue(piece);
      }
    },
    cancel() {
      raw?.close();
      finish();
    },
  };
  // Nothing is read before it is asked for: the core reads ahead.
  return new ReadableStream(source, { highWaterMark: 0 });
}
