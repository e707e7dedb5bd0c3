// What pages of the tests are served by: files of a directory, and S3 servers with leave for pages.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** Serves the files below `root` at `url` until `close`. */
export async function serveFiles(root) {
  return serve(async (asked, answer) => {
    const { pathname } = new URL(asked.url, 'http://localhost');
    let file = join(root, normalize(decodeURIComponent(pathname)));
    if (pathname.endsWith('/')) file += 'index.html';
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) return answer.writeHead(404).end();
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    answer.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
    createReadStream(file).pipe(answer);
  });
}

/** Passes requests on to `target`, and lets pages of every origin make them and read the answers, as a
 * bucket's CORS rules would. */
export async function serveWithCors(target) {
  const { hostname, port } = new URL(target);
  return serve((asked, answer) => {
    const leave = {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, PUT, DELETE, HEAD, POST',
      'access-control-allow-headers': asked.headers['access-control-request-headers'] ?? '*',
      'access-control-expose-headers': 'ETag, Content-Range, Retry-After',
    };
    if (asked.method === 'OPTIONS') return answer.writeHead(204, leave).end();
    const { method, url: path, headers } = asked;
    const onward = request({ hostname, port, method, path, headers }, (came) => {
      answer.writeHead(came.statusCode, { ...came.headers, ...leave });
      came.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
}

async function serve(handle) {
  const server = createServer((asked, answer) => {
    Promise.resolve(handle(asked, answer)).catch(() => answer.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const close = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    });
  return { url, close };
}
