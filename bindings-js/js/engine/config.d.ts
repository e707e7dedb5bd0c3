/// <reference lib="es2022" />

import '../platform.js';

/**
 * What an engine is opened with. An app needs none of it.
 *
 * @example
 * ```ts
 * const config: EngineConfig = { access: 'readOnly' };
 * const engine = await Engine.open('/srv/notes', config);
 * ```
 */
export interface EngineConfig {
  /** Whether others are kept out, or may read too and nothing is written. `readWrite` if absent. */
  access?: 'readWrite' | 'readOnly' | null | undefined;
  /**
   * Where the index comes from: the last checkpoint and the log after it, if absent; the whole log, where
   * frames are damaged; all that is whole, whatever is damaged, which is only to read.
   */
  recovery?: 'checkpoint' | 'rebuild' | 'passOver' | null | undefined;
  /**
   * Who checkpoints, compacts and counts rows: the engine, a while after the last write, if absent; or the
   * app, which calls {@link Engine.maintain}.
   */
  background?: 'automatic' | 'manual' | null | undefined;
  /** From which size on values have files of their own, in bytes: 1 to 16 MiB; 128 KiB if absent. */
  separatedBytesMin?: number | null | undefined;
  /** How much of the index is kept in memory, in bytes; 64 MiB if absent. */
  memoryBytesMax?: number | null | undefined;
  /** The most namespaces there may be: 1 to 65,536; 1,024 if absent. */
  namespacesMax?: number | null | undefined;
  /**
   * How long after the last write the engine works by itself, in milliseconds: 1 to a day; 500 if absent.
   * Where writes do not end it works in spite of them, after ten times as long.
   */
  checkpointIdleMs?: number | null | undefined;
  /** How many changes are kept for watches: at most 1,048,576; 4,096 if absent. */
  watchEventsMax?: number | null | undefined;
  /** How much memory these may take, in bytes: at most 1 GiB; 4 MiB if absent. */
  watchBytesMax?: number | null | undefined;
}
