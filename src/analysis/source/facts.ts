import type { ObjectKind, WaitingFor } from './kinds.js';
import type { Certainty } from './names.js';

/** Something that threads take, hold, wait on or fill, as the source speaks of it. */
export interface ObjectFact {
  /** As written: `self._lock`. */
  readonly text: string;
  /**
   * Places that it may be kept in, `accounts.py:Account.lock`: the identity by which threads are compared. One where it is
   * known, none where nothing is.
   */
  readonly keys: readonly string[];
  readonly kind: ObjectKind;
  /** Whether all that goes by these keys is one object. `several`: two threads that speak of it may speak of two. */
  readonly instances: 'one' | 'several' | 'unknown';
  /** Slots, size, parties or workers; null where not said. */
  readonly capacity: number | null;
  /** Where it is made, where that is in sight. */
  readonly made: { readonly file: string; readonly line: number } | null;
  readonly certainty: Certainty;
}

/** How long a call waits at most. `given`: a limit that is not a number in the source. `immediate`: it does not wait. */
export type Limit =
  { readonly kind: 'none' } | { readonly kind: 'seconds'; readonly seconds: number } | { readonly kind: 'given' | 'immediate' };

/** A call, or the entering of a `with`, that a line does. */
export interface Operation {
  /** What it waits for, or `call` where it is not known to wait. */
  readonly kind: WaitingFor | 'call';
  /** As written, shortened. */
  readonly text: string;
  /** The last name of what is called: `acquire`; `__enter__` for a `with` item. */
  readonly name: string;
  readonly object: ObjectFact | null;
  readonly limit: Limit;
  readonly line: number;
  /** Functions of the program, qualified, that a thread to be joined or a future runs. */
  readonly runs: readonly string[];
  /** Where what the call gives comes from (`app.py:engine.connect()`): the key under which others hold one of it. */
  readonly gives: readonly string[];
  /** Positional arguments; null where `*args` hides their number. */
  readonly given: number | null;
  readonly certainty: Certainty;
}

/** Something that a thread holds while it stands where it stands. */
export interface HeldFact {
  readonly object: ObjectFact;
  /** File and line where it was taken. */
  readonly file: string;
  readonly line: number;
  /** `transaction`: by a statement that writes to a database, until it is committed. */
  readonly by: 'with' | 'acquire' | 'exit-stack' | 'checkout' | 'transaction';
  /** Taken in an earlier round of the loop that the frame stands in, so it is another object than the one taken now. */
  readonly earlierRound: boolean;
  /** `with lock: work()` on the frame's own line: it may be entering it still. */
  readonly onItsLine: boolean;
  /** That loop goes over the function's `*args`, which begin at this positional argument. */
  readonly roundsFrom: number | null;
  readonly certainty: Certainty;
}

/** A loop around a frame's line. */
export interface LoopFact {
  readonly line: number;
  /**
   * `endless`: `while True`, `for x in iter(f, None)`; `until-told`: a flag or event that something else sets
   * (`while not stop.is_set()`); `until-true`: another condition; `bounded`: over a collection or range, or until a time.
   */
  readonly kind: 'endless' | 'until-told' | 'until-true' | 'bounded';
  /** How its body leaves it. `sentinel`: when what was received is None, empty or a marker. */
  readonly exit: 'none' | 'sentinel' | 'some';
  /** The frame's line is in the loop's head. */
  readonly inHead: boolean;
  /** Nothing that waits or asks stands before the frame's line in a round. */
  readonly first: boolean;
  /** Its body only gathers what it gets (appends, writes, yields) until nothing comes: it reads one thing to its end. */
  readonly gathers: boolean;
  /** No other call in its body is known to wait, so a thread that goes round is always met here. */
  readonly onlyWait: boolean;
  readonly condition: string;
}

/** What the source says of one frame. */
export interface FrameFacts {
  readonly file: string;
  readonly line: number;
  /** The line itself, shortened, without spaces around it. */
  readonly text: string;
  /** Qualified: `Account.locked`. `<module>` for a module's own code. */
  readonly function: string;
  readonly functionLine: number;
  /** A generator behind `@contextmanager`. */
  readonly isContextManager: boolean;
  readonly operations: readonly Operation[];
  readonly holds: readonly HeldFact[];
  /** Innermost first. */
  readonly loops: readonly LoopFact[];
  /** Loops around the one call by which a coroutine has this function run in a thread; empty where there is none or are several. */
  readonly startedIn: readonly LoopFact[];
  /** The last thing before the line, in the same round or function, by which another party was asked for something. */
  readonly asked: Asked | null;
  /** The same before the outermost loop. */
  readonly askedEarlier: Asked | null;
  /** What the line waits on was made in this function: is it given to anybody else? Null: not made here. */
  readonly handedOver: Asked | false | null;
}

/** A call by which another party was asked for something. */
export interface Asked {
  /** It stands directly before the line. */
  readonly isNext: boolean;
  readonly text: string;
  readonly name: string;
  readonly line: number;
}
