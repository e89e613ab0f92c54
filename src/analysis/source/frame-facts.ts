import type { FrameFacts, LoopFact, Operation } from './facts.js';
import { Holds, isContextManager, withItems } from './holds.js';
import { askedBefore, handedOver, loopsAt } from './loops.js';
import type { Place, PyFunction } from './module.js';
import type { Names } from './names.js';
import { enteringOf, iterationOf, operationOf } from './operations.js';
import type { Program } from './program.js';
import { callsAt, ownerOf, shownLine, statementAt } from './statements.js';

/** Operations told of one line. */
const MOST_OPERATIONS = 12;

/** Reads facts off the places of frames. */
export class FactReader {
  readonly #names: Names;
  readonly #holds: Holds;

  constructor(program: Program, names: Names) {
    this.#names = names;
    this.#holds = new Holds(program, names);
  }

  at(place: Place): FrameFacts {
    const statement = statementAt(place);
    const operations = this.#operations(place);
    const isOwn = place.scope.kind === 'function_definition' || place.scope.kind === 'module';
    const { asked, earlier } = isOwn ? askedBefore(place, statement) : { asked: null, earlier: null };
    const waitedOn = operations.find(({ kind }) => kind !== 'call')?.object?.text;
    return {
      file: place.module.file,
      line: place.line,
      text: shownLine(place),
      function: place.function?.qualified ?? '<module>',
      functionLine: place.function?.node.line ?? 1,
      isContextManager: place.function !== null && isOwn && isContextManager(place.function),
      operations,
      holds: this.#holds.at(place),
      loops: isOwn ? loopsAt(this.#names, place, statement) : [],
      startedIn: isOwn && place.function ? this.#startedIn(place.function) : [],
      asked,
      askedEarlier: earlier,
      handedOver: waitedOn === undefined ? null : handedOver(place, waitedOn),
    };
  }

  /** `await loop.run_in_executor(None, read)` in a loop: the loop is the thread's, though no frame of it is on its stack. */
  #startedIn(fn: PyFunction): LoopFact[] {
    const [site, more] = this.#names.awaitedRunsOf(fn);
    if (!site || more) return [];
    const scope = site.within?.node ?? site.module.tree.root;
    const place: Place = { module: site.module, function: site.within, scope, line: site.node.line };
    return loopsAt(this.#names, place, statementAt(place));
  }

  #operations(place: Place): Operation[] {
    const { module, function: within } = place;
    const statement = statementAt(place);
    const operations: Operation[] = [];
    // `with lock: work()` is both on one line
    const above = ownerOf(statement.parent ?? statement).owner;
    const entered =
      statement.kind === 'with_statement' ? statement : above?.kind === 'with_statement' && above.line === place.line ? above : null;
    if (entered) {
      const items = withItems(entered);
      const there = items.filter((item) => item.line <= place.line && place.line <= item.lastLine);
      for (const item of there.length > 0 ? there : items) {
        const entering = enteringOf(this.#names, item, module, within);
        if (entering) operations.push(entering);
      }
    }
    // `for line in stream: handle(line)` on one line: who knows which of the two it is in
    if (above?.kind === 'for_statement' && above.line === place.line) operations.push(iterationOf(above, module));
    for (const call of callsAt(place, statement)) operations.push(operationOf(this.#names, call, module, within));
    return operations.slice(0, MOST_OPERATIONS);
  }
}
