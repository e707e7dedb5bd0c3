// A module that is in the code.

/** The bytes of a module that was compressed by gzip and written in base64. */
export async function unpacked(packed) {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const module = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(module).arrayBuffer();
}
