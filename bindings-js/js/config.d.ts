/// <reference lib="es2022" />

import './platform.js';
import type { Bytes } from './call.js';

/**
 * What a vault is opened with. It is wiped when closed.
 *
 * @example
 * ```ts
 * using credential = Credential.secret(generateSecret());
 * const vault = await Vault.open(store, credential);
 * ```
 */
export class Credential implements Disposable {
  private constructor();
  /**
   * The 32 bytes of a secret, kept by the app. Wipe your copy when you are done.
   *
   * @example
   * ```ts
   * const credential = Credential.secret(generateSecret());
   * ```
   */
  static secret(secret: Bytes): Credential;
  /**
   * 24 recovery words, as a string or as its UTF-8.
   *
   * @example
   * ```ts
   * const credential = Credential.phrase(prepared.recoveryPhrase());
   * ```
   */
  static phrase(words: string | Bytes): Credential;
  /**
   * A passphrase of 1 to 1,024 bytes, as a string or as its UTF-8, which can be wiped.
   *
   * @example
   * ```ts
   * const credential = Credential.passphrase('open sesame');
   * ```
   */
  static passphrase(passphrase: string | Bytes): Credential;
  /**
   * Wipes it. Vaults that were opened with it stay open.
   *
   * @example
   * ```ts
   * credential.close();
   * ```
   */
  close(): void;
  /**
   * The same as `close`, for `using`.
   *
   * @example
   * ```ts
   * {
   *   using credential = Credential.passphrase('open sesame');
   *   const vault = await Vault.open(store, credential);
   * }
   * ```
   */
  [Symbol.dispose](): void;
}

/**
 * How a vault is created and held in memory. All of it is optional.
 *
 * @example
 * ```ts
 * const config: VaultConfig = { kdf: { memoryKib: 131_072 }, memoryBudgetBytes: 8 << 20 };
 * const vault = await Vault.create(store, credential, config);
 * ```
 */
export interface VaultConfig {
  /** The size of a chunk for a new vault: a power of two from 128 KiB to 16 MiB. */
  chunkBytes?: number | null | undefined;
  /** The cost of guessing the passphrase of a new vault. */
  kdf?: KdfConfig | null | undefined;
  /**
   * What a passphrase may cost, in opening and in creating: its memory, and its work (memory times
   * passes). Beyond it, `passphrase-too-costly`. By default 4 times the cost of a new vault's.
   */
  kdfCeiling?: KdfCeiling | null | undefined;
  /** About how many bytes of directory nodes stay in memory. */
  memoryBudgetBytes?: number | null | undefined;
  /** The most bytes one pack holds. */
  packBytesMax?: number | null | undefined;
  /**
   * The most bytes of content one extent holds: at least a chunk, at most 64 chunks and 64 MiB. By
   * default 16 MiB. A put has up to five extents in memory.
   */
  extentBytesMax?: number | null | undefined;
}

/**
 * The cost of Argon2id: from 19,456 KiB and 2 passes on.
 *
 * @example
 * ```ts
 * const kdf: KdfConfig = { memoryKib: 131_072, passes: 3 };
 * const vault = await Vault.create(store, credential, { kdf });
 * ```
 */
export interface KdfConfig {
  /** The memory, in KiB; 65,536 if absent. */
  memoryKib?: number | null | undefined;
  /** How often the memory is gone over; 3 if absent. */
  passes?: number | null | undefined;
  /** Lanes of the memory; 1 if absent. */
  lanes?: number | null | undefined;
}

/**
 * The most that Argon2id may cost.
 *
 * @example
 * ```ts
 * const kdfCeiling: KdfCeiling = { memoryKib: 262_144 };
 * const vault = await Vault.open(store, credential, { kdfCeiling });
 * ```
 */
export interface KdfCeiling {
  /** The most memory, in KiB. */
  memoryKib?: number | null | undefined;
  /** The most passes over that memory. */
  passes?: number | null | undefined;
}
