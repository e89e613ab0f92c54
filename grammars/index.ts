/** All formats that are read. A new one is one line here; where two share an opening, the one that asks for more comes first. */
import { asyncioPs } from './asyncio-ps.js';
import { asyncioPstree } from './asyncio-pstree.js';
import { asyncioTasks } from './asyncio-tasks.js';
import { blockedAt } from './blocked-at.js';
import { celeryCry } from './celery-cry.js';
import { currentFrames } from './current-frames.js';
import { faulthandler } from './faulthandler.js';
import { gdbPyBt } from './gdb-py-bt.js';
import { geventRunInfo } from './gevent-run-info.js';
import type { AsideGrammar, Grammar } from './grammar.js';
import { gdb } from './gdb.js';
import { guruMeditation } from './guru-meditation.js';
import { inspector } from './inspector.js';
import { llnode } from './llnode.js';
import { nodeError } from './node-error.js';
import { nodeFatal } from './node-fatal.js';
import { nodeInspect } from './node-inspect.js';
import { nodeReport } from './node-report.js';
import { nodeReportText } from './node-report-text.js';
import { printStack } from './print-stack.js';
import { pySpyJson } from './py-spy-json.js';
import { pySpy } from './py-spy.js';
import { pystack } from './pystack.js';
import { pytestTimeout } from './pytest-timeout.js';
import { pythonException } from './python-exception.js';
import { samplingDump } from './sampling-dump.js';
import { segfaultHandler } from './segfault-handler.js';
import { sentryNative } from './sentry-native.js';
import { uwsgiTracebacker } from './uwsgi-tracebacker.js';

export const GRAMMARS: readonly Grammar[] = [
  gdbPyBt,
  faulthandler,
  nodeReport,
  pySpy,
  pySpyJson,
  pystack,
  pytestTimeout,
  samplingDump,
  asyncioTasks,
  asyncioPs,
  asyncioPstree,
  uwsgiTracebacker,
  geventRunInfo,
  guruMeditation,
  celeryCry,
  currentFrames,
  printStack,
  nodeReportText,
  nodeInspect,
  inspector,
  sentryNative,
  llnode,
  gdb,
  nodeFatal,
  segfaultHandler,
  blockedAt,
  nodeError,
];

/** What is recognised so as not to be taken for a dump. */
export const ASIDES: readonly AsideGrammar[] = [pythonException];

export * from './grammar.js';
export { GRAMMAR_KIT, type GrammarKit } from './kit.js';
export { faulthandler, nodeReport, pySpy };
