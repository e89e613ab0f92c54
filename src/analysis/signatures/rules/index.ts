import { parseSignatures, type Signature } from '../rule.js';
import { NODE } from './node.js';
import { PYTHON_ASYNCIO } from './python-asyncio.js';
import { PYTHON_CLIENTS } from './python-clients.js';
import { PYTHON_SERVERS } from './python-servers.js';
import { PYTHON_STANDARD } from './python-standard.js';

/** The project's own signatures. */
export const BUILT_IN_SIGNATURES: readonly Signature[] = [PYTHON_STANDARD, PYTHON_ASYNCIO, PYTHON_SERVERS, PYTHON_CLIENTS, NODE].flatMap(
  (text) => parseSignatures(text, false),
);
