/** What the symbols and objects of native stacks tell, in whatever format they were printed. */
import type { Runtime } from '../../src/model/index.js';
import type { ReportedThread } from '../grammar.js';

/** Most specific first: an embedder of both is rare, and the frames of an interpreter tell more than a thread's name. */
const SIGNS: readonly { readonly runtime: Runtime; readonly symbol: RegExp; readonly module: RegExp; readonly name: RegExp }[] = [
  {
    runtime: 'python',
    symbol: /^(?:_?Py[A-Z_]\w*|pymain_\w+|take_gil|drop_gil|_PyEval_\w+)/,
    module: /(?:^|\/)(?:libpython[\d.]+|python[\d.]*)(?:\.|$|\s)|\/(?:site|dist)-packages\//,
    name: /^(?:python|uwsgi|gunicorn|celery)/,
  },
  {
    runtime: 'node',
    symbol: /^(?:v8::|node::|uv__?\w+|napi_\w+|Builtins_)/,
    module: /(?:^|\/)(?:node|nodejs|electron)$|\.node$/,
    name: /^(?:node|MainThread|V8Worker|DelayedTaskSche|SignalInspector|libuv-worker)$/,
  },
];

/** Whose process the native stacks of a dump are; null: neither Python's nor Node's, as far as can be told. */
export function runtimeOf(threads: readonly ReportedThread[]): Runtime | null {
  const votes = SIGNS.map(({ symbol, module }) =>
    threads.reduce(
      (sum, { nativeFrames }) =>
        sum +
        nativeFrames.filter(
          (frame) => (frame.symbol !== null && symbol.test(frame.symbol)) || (frame.module !== null && module.test(frame.module)),
        ).length,
      0,
    ),
  );
  const most = Math.max(...votes);
  if (most > 0) return SIGNS[votes.indexOf(most)]!.runtime;
  return SIGNS.find(({ name }) => threads.some((thread) => thread.name !== null && name.test(thread.name)))?.runtime ?? null;
}

/** A symbol without its arguments' values, place and offset: `uv_run(loop=0x2cd, mode=…) at core.c:376`, `node::Start(int) + 684`. */
export function shortSymbol(text: string): string | null {
  const call = text.replace(/ \+ \d+$/, '').replace(/ (?:at|from) \S.*$/s, '');
  // looked for only where there are arguments: each bracket would be tried as their beginning
  const symbol = (call.endsWith(')') ? call.replace(/ ?\((?:\)$|\w+=.*$)/s, '') : call).replace(/ \(\)$/, '').trim();
  return symbol === '' || symbol === '??' ? null : symbol;
}
