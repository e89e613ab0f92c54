export { EDITORS, editorAddress } from './editors.js';
export { pageData, type PageOptions } from './encode.js';
export { htmlPage } from './page.js';
export { pageHead } from './page-head.js';
export { htmlText } from './json-text.js';
