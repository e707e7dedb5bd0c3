/// <reference lib="es2022" />

import './platform.js';
import type { Awaitable } from './call.js';

/**
 * Which bucket, where, and on whose behalf.
 *
 * @example
 * ```ts
 * const config: S3Config = {
 *   endpoint: 'https://s3.example',
 *   region: 'eu-north-1',
 *   bucket: 'photos',
 *   prefix: 'users/42',
 *   accessKeyId: 'AKID',
 *   secretAccessKey: 'secret',
 * };
 * const store = BlobStore.s3(config);
 * ```
 */
export interface S3Config {
  /** The URL of the service; that of Amazon S3 if absent. */
  endpoint?: string | null | undefined;
  /** The region that requests are signed for. */
  region: string;
  /** The bucket's name. */
  bucket: string;
  /** What all keys start with, without the `/` after it. */
  prefix?: string | null | undefined;
  /**
   * Whether the bucket stands in the path rather than in the host. If absent, it does where an endpoint is
   * given or the bucket's name has a dot.
   */
  pathStyle?: boolean | null | undefined;
  /** The key, unless `credentials` or `sign` stands in for it. */
  accessKeyId?: string | null | undefined;
  /** The secret of the key. */
  secretAccessKey?: string | null | undefined;
  /** The token of a session's key; an empty one is none. */
  sessionToken?: string | null | undefined;
  /**
   * Returns keys that end, in place of one. Called before the first request, a minute before the `expiration` of
   * the key, and once more when the server says that a key has ended; one call at a time, whose answer all
   * requests share. What it throws fails them with `store-denied`, or with its `code` where that is
   * `store-unavailable`.
   */
  credentials?: (() => Awaitable<S3Credentials>) | null | undefined;
  /**
   * Signs requests, in place of a key: for example by a server of the app's that has one. Called once for each
   * try of a request. What it throws fails the request as with `credentials`.
   */
  sign?: ((request: S3Request) => Awaitable<S3Signed>) | null | undefined;
  /** Whether an endpoint that is not this machine may be reached without TLS. */
  allowHttp?: boolean | undefined;
  /** Whether signatures stand in URLs, where servers may log them, instead of headers. */
  signedUrls?: boolean | undefined;
  /**
   * How long no byte of a request may move before it counts as failed; 20,000 if absent. A request on which
   * bytes move may take any time. Unless this or what follows is set, a server that never answers fails a
   * call within two minutes.
   */
  idleTimeoutMs?: number | null | undefined;
  /**
   * The slowest upload of one body that is waited for, in bytes a second; 32,768 if absent. `fetch` does
   * not show how far an upload is: the idle timeout is longer by the time the body takes at this rate.
   */
  uploadRateMin?: number | null | undefined;
  /**
   * The most requests under way at once, at least 1; 16 if absent. A store begins with 4, and has as many as
   * the link and the server bear.
   */
  requestsMax?: number | null | undefined;
  /** How often a call is tried while the server is unavailable, at least 1; 6 if absent. */
  attemptsMax?: number | null | undefined;
  /** The longest wait that a server may ask for before the next try; 60,000 if absent. */
  retryAfterMaxMs?: number | null | undefined;
  /**
   * How long after the first failure of a call another try may begin, without the waits that the server
   * asked for; 30,000 if absent.
   */
  giveUpAfterMs?: number | null | undefined;
}

/**
 * A key of a bucket, and until when it is good.
 *
 * @example
 * ```ts
 * const credentials = async (): Promise<S3Credentials> => {
 *   const answer = await fetch('/api/bucket-key');
 *   const { id, secret, token, ends } = await answer.json();
 *   return { accessKeyId: id, secretAccessKey: secret, sessionToken: token, expiration: new Date(ends) };
 * };
 * const store = BlobStore.s3({ region: 'eu-north-1', bucket: 'photos', credentials });
 * ```
 */
export interface S3Credentials {
  /** The key. */
  readonly accessKeyId: string;
  /** The secret of the key. */
  readonly secretAccessKey: string;
  /** The token of a session's key; an empty one is none. */
  readonly sessionToken?: string | null | undefined;
  /** Its end, as a `Date` or in milliseconds since 1970; if absent, the server says when it has come. */
  readonly expiration?: Date | number | null | undefined;
}

/**
 * A request to be signed.
 *
 * @example
 * ```ts
 * const sign = async ({ method, url }: S3Request): Promise<S3Signed> => {
 *   const answer = await fetch('/api/presign', { method: 'POST', body: JSON.stringify({ method, url }) });
 *   return { url: await answer.text() };
 * };
 * const store = BlobStore.s3({ region: 'eu-north-1', bucket: 'photos', sign });
 * ```
 */
export interface S3Request {
  /** The method. */
  readonly method: 'GET' | 'PUT' | 'HEAD' | 'DELETE';
  /** The whole URL. */
  readonly url: string;
  /** The headers, names in lower case, all of which are sent: sign them, or none. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body of a PUT. */
  readonly body: Uint8Array | undefined;
}

/**
 * A signature: what a request gets beside what it has.
 *
 * @example
 * ```ts
 * const signed: S3Signed = { headers: { authorization: 'Bearer token' } };
 * ```
 */
export interface S3Signed {
  /** Another URL, with a signature in its query. */
  readonly url?: string | URL | null | undefined;
  /** More headers. Those that the request has may come back as they are, and not changed. */
  readonly headers?: Readonly<Record<string, string>> | Headers | [string, string][] | null | undefined;
}
