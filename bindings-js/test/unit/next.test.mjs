// The packed package in Next without settings, built by each of its bundlers and served as in production:
// rendered and answered on the server, at the edge, by the older kind of route, and in a page.

import assert from 'node:assert/strict';
import test from 'node:test';

import { program, projectAmongThem } from '../environments.mjs';
import { CHECK, IMPORT_CHECK, KEPT, USE, importFrom, outcomeOf, run, started } from '../packed-app.mjs';

const QUIET = { NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1' };
const ROUTE = `
  import { use } from '../../use.js';
  export async function GET() { return new Response(await use()); }`;
const FILES = {
  // As Next's own template has it: webpack builds no route at the edge in an app of modules.
  'package.json': '{ "private": true }',
  'use.js': `${importFrom('sealwood')} export async function use() { await init(); ${USE} }`,
  'app/layout.jsx': `
    export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }`,
  'app/page.jsx': `
    import { use } from '../use.js';
    export const dynamic = 'force-dynamic';
    export default async function Page() { return <output>{await use()}</output>; }`,
  'app/route/route.js': `${ROUTE} export const dynamic = 'force-dynamic';`,
  'app/edge/route.js': `${ROUTE} export const runtime = 'edge';`,
  'app/test/route.js': `${IMPORT_CHECK}
    export const runtime = 'edge';
    export async function GET() { return new Response(await (async () => { ${CHECK} })()); }`,
  'app/client/page.jsx': `
    'use client';
    import { useEffect } from 'react';
    import { use } from '../../use.js';
    export default function Page() { useEffect(() => { globalThis.outcome = use(); }, []); return <p>client</p>; }`,
  'pages/api/older.js': `
    import { use } from '../../use.js';
    export default async function handler(request, answer) { answer.send(await use()); }`,
};

for (const bundler of ['webpack', 'turbopack']) {
  test(`Next with ${bundler}`, async (context) => {
    const root = projectAmongThem(context, FILES);
    run(root, program('next'), ['build', `--${bundler}`], QUIET);
    const serve = [program('next'), 'start', '--port', '0', '--hostname', '127.0.0.1'];
    const [, url] = await started(context, root, serve, /(http:\/\/127\.0\.0\.1:\d+)[^]*Ready/, QUIET);
    const answer = async (path) => (await fetch(url + path)).text();
    assert.match(await answer('/'), /<output>packed<\/output>/);
    for (const path of ['/route', '/edge', '/api/older']) assert.equal(await answer(path), 'packed', path);
    assert.equal(await answer('/test'), KEPT);
    assert.equal(await outcomeOf(context, `${url}/client`), 'packed');
  });
}
