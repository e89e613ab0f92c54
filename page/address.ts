/**
 * What the reader looks at, in the fragment of the page's address, so that a link to it can be given to others:
 * `#timeline`, `#thread=12&dump=3`, `#diff=0,2`, `#q=acquire&verdict=stuck`. Rows are those of this very file.
 */
export interface Place {
  readonly section: string | null;
  readonly values: URLSearchParams;
}

export function readAddress(): Place {
  const hash = location.hash.slice(1);
  if (hash !== '' && !hash.includes('=')) return { section: hash, values: new URLSearchParams() };
  return { section: null, values: new URLSearchParams(hash) };
}

/** Sets values of the fragment (null: takes one away). The page's own doing: no entry in the history, no event. */
export function writeAddress(values: Readonly<Record<string, string | null>>): void {
  const now = readAddress().values;
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === '') now.delete(name);
    else now.set(name, value);
  }
  const text = now.toString();
  try {
    history.replaceState(history.state, '', text === '' ? location.pathname + location.search : `#${text}`);
  } catch {
    // some browsers allow none of it for a page from a file; then the link is not kept, and all else works
  }
}
