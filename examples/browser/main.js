// A drive in a page: the vault lives in this browser's database.

import { BlobStore, Credential, SealwoodError, Vault, init } from 'sealwood';

const element = (id) => document.getElementById(id);
let vault;

element('unlock').addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(unlock);
});
element('files').addEventListener('change', () => attempt(upload));

/** Opens the vault, or makes it the first time. */
async function unlock() {
  say('Opening …');
  await init();
  const store = await BlobStore.indexedDb('drive');
  const credential = Credential.passphrase(element('passphrase').value);
  try {
    vault = await Vault.open(store, credential);
  } catch (error) {
    if (error.code !== 'vault-not-found') throw error;
    const prepared = await Vault.prepare(credential);
    element('words').textContent = prepared.recoveryPhrase();
    vault = await prepared.create(store);
    // So that the browser does not remove the files when its disk is full.
    await navigator.storage.persist();
  } finally {
    credential.close();
  }
  element('unlock').hidden = true;
  element('drive').hidden = false;
  await show();
  say('');
}

/** Puts the chosen files, one after another. */
async function upload() {
  const [progress, cancel, input] = ['progress', 'cancel', 'files'].map(element);
  const abort = new AbortController();
  cancel.onclick = () => abort.abort();
  progress.hidden = cancel.hidden = false;
  try {
    for (const file of input.files) {
      say(`Sealing ${file.name} …`);
      await vault.put(file.name, file, {
        contentType: file.type,
        modifiedMs: file.lastModified,
        signal: abort.signal,
        onProgress: ({ done, total }) => (progress.value = total ? done / total : 1),
      });
    }
    say('');
  } finally {
    progress.hidden = cancel.hidden = true;
    input.value = '';
    await show();
  }
}

/** Fills the table. */
async function show() {
  const { entries } = await vault.list('');
  element('entries').replaceChildren(...entries.map(rowOf));
  element('empty').hidden = entries.length > 0;
}

function rowOf({ path, name, size, modifiedMs }) {
  const row = document.createElement('tr');
  for (const text of [name, bytes(size), new Date(modifiedMs).toLocaleString()]) {
    row.insertCell().textContent = text;
  }
  row.insertCell().append(
    button('Download', () => download(path, name)),
    ' ',
    button('Delete', async () => {
      await vault.remove(path);
      await show();
    }),
  );
  return row;
}

/** Hands a file to the browser, which keeps it on its disk while it is put together. */
async function download(path, name) {
  const { contentType } = await vault.stat(path);
  const response = new Response(await vault.getStream(path), {
    headers: { 'content-type': contentType || 'application/octet-stream' },
  });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function button(label, act) {
  const made = document.createElement('button');
  made.className = 'plain';
  made.textContent = label;
  made.addEventListener('click', () => attempt(act));
  return made;
}

/** Does something, and says what went wrong. */
async function attempt(act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof SealwoodError)) throw error;
    say(error.code === 'cancelled' ? 'Cancelled.' : `${error.message}.`);
  }
}

function say(text) {
  element('message').textContent = text;
}

function bytes(size) {
  const unit = size < 1e6 ? ['kB', 1e3] : ['MB', 1e6];
  return size < 1e3 ? `${size} B` : `${(size / unit[1]).toFixed(1)} ${unit[0]}`;
}
