// Code in documents.

import { readFileSync } from 'node:fs';

/** The blocks of a document of the repository that are marked as `language`. */
export function blocks(file, language) {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const pattern = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm');
  return [...text.matchAll(pattern)].map(([, code]) => code);
}
