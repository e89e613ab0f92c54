/** All formats that are read. A new one is one line here. */
import { faulthandler } from './faulthandler.js';
import type { AsideGrammar, Grammar } from './grammar.js';
import { nodeReport } from './node-report.js';
import { pySpy } from './py-spy.js';
import { pythonException } from './python-exception.js';

export const GRAMMARS: readonly Grammar[] = [faulthandler, nodeReport, pySpy];

/** What is recognised so as not to be taken for a dump. */
export const ASIDES: readonly AsideGrammar[] = [pythonException];

export * from './grammar.js';
export { faulthandler, nodeReport, pySpy, pythonException };
