// Chromium for tests.

import { chromium } from 'playwright-core';

import { PATIENCE_MS } from '../patience.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser's program; `SEALWOOD_CHROMIUM` names another one than Debian's. */
export function executable() {
  return process.env.SEALWOOD_CHROMIUM ?? '/usr/bin/chromium';
}

/** Starts a browser with an empty profile, in the directory `profile` if one is named. */
export async function launch(profile = undefined, executablePath = executable()) {
  const options = { executablePath, args: FLAGS, timeout: PATIENCE_MS };
  if (profile === undefined) return chromium.launch(options);
  return chromium.launchPersistentContext(profile, options);
}

/** An empty page, for which tests are patient. */
export async function newPage(context) {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

/** A page at `url` whose messages and errors are shown. */
export async function openPage(context, url) {
  const page = await newPage(context);
  page.on('console', (message) => {
    // A precondition that fails is an answer like any other.
    if (!message.text().startsWith('Failed to load resource')) console.log(message.text());
  });
  page.on('pageerror', (error) => console.log(`page: ${error.message}`));
  await page.goto(url);
  return page;
}
