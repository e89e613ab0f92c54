/** Addresses at which editors open a file, after their documentation. `{file}` is absolute, its signs escaped as addresses want it. */
export const EDITORS: Readonly<Record<string, string>> = {
  vscode: 'vscode://file{file}:{line}:{column}',
  vscodium: 'vscodium://file{file}:{line}:{column}',
  cursor: 'cursor://file{file}:{line}:{column}',
  zed: 'zed://file{file}:{line}:{column}',
  idea: 'idea://open?file={file}&line={line}',
  pycharm: 'pycharm://open?file={file}&line={line}',
  webstorm: 'webstorm://open?file={file}&line={line}',
  sublime: 'subl://open?url=file://{file}&line={line}&column={column}',
  textmate: 'txmt://open?url=file://{file}&line={line}&column={column}',
};

/** Schemes that would act on the page instead of opening an editor. */
const ACTIVE = /^(?:javascript|data|vbscript|blob|about):/i;

/** The address that `--editor` means: a name of {@link EDITORS}, or an address with `{file}` in it. Null: neither. */
export function editorAddress(value: string): string | null {
  const known = Object.hasOwn(EDITORS, value) ? EDITORS[value]! : null;
  if (known !== null) return known;
  return /^[a-z][a-z0-9+.-]*:/i.test(value) && value.includes('{file}') && !ACTIVE.test(value) ? value : null;
}
