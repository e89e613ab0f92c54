const HANDLES =
  'it tells what keeps the process alive and where that was made, not where anything stands; of a hang take reports (node --report-on-signal, kill -USR2 PID)';
const SAMPLES =
  'samples of a stretch of time, added up, so that nothing in it stands still; of a hang take dumps some seconds apart (py-spy dump --pid PID)';

/**
 * Files of other worlds that people hand over: what they are, and which tool reads them. As data, tried in order on the
 * beginning of an input in which no dump was found.
 */
const STRANGERS: readonly { readonly looks: RegExp; readonly also?: RegExp; readonly is: string }[] = [
  // the lists of why-is-node-running 2 and 3, and of wtfnode: handles with the places that made them
  {
    looks: /^There are (?:\d+|no known) handle\(?s?\)? keeping the process running/m,
    is: `a list of open handles (why-is-node-running): ${HANDLES}`,
  },
  { looks: /^\[WTF Node\?\] open handles:/m, is: `a list of open handles (wtfnode): ${HANDLES}` },
  // austin's text (`P42;T0:1402;/srv/app/x.py:run:12;… 100`) and its binary format; the stacks that flame graphs are made of
  { looks: /(?:^|\n)(?:P\d+;T(?:\w+:)?\w+(?:;[^;\n]+)* -?\d+(?:,-?\d+)*(?:\r?\n|$)|# austin: )/, is: `a profile of austin: ${SAMPLES}` },
  { looks: /^MOJ[\x01-\x09]/, is: `a profile of austin (MOJO): ${SAMPLES}` },
  {
    looks: /(?:^|\n)(?:(?:[^;\n]{1,400};){2,}[^;\n]{1,400} \d+\r?\n){3}/,
    is: `folded stacks of a profile, as flame graphs are made of: ${SAMPLES}`,
  },
  { looks: /^\x7fELF[^]{12}\x04\x00/, is: 'an ELF core file: open it with gdb, or run `pystack core FILE` to get the Python stacks' },
  { looks: /^\x7fELF/, is: 'a program (ELF), not a dump' },
  { looks: /^MDMP/, is: 'a Windows minidump: open it with WinDbg' },
  {
    looks: /^Full thread dump |^"[^"\n]+" (?:#\d+ )?(?:\[\d+\] )?(?:daemon )?prio=\d+ .*\bnid=/m,
    is: 'a Java thread dump (jstack): use a Java thread dump analyzer',
  },
  { looks: /(?:^|\n)goroutine \d+ \[[^\]\n]+\]:\r?(?:\n|$)/, is: 'a Go goroutine dump: use panicparse' },
  { looks: /^\s*\{\s*"nodes"\s*:\s*\[\s*\{\s*"id"/, is: 'a V8 CPU profile: open it in Chrome DevTools or speedscope' },
  { looks: /^\s*\{\s*"snapshot"\s*:\s*\{\s*"meta"/, is: 'a V8 heap snapshot: open it in Chrome DevTools' },
  { looks: /"\$schema"\s*:\s*"https:\/\/www\.speedscope\.app/, is: 'a speedscope profile, not a dump' },
  { looks: /^-- ruby /m, also: /-- Control frame information/, is: 'a Ruby crash report' },
  { looks: /^Process: +\S+ \[\d+\]$/m, also: /^Crashed Thread:/m, is: 'a macOS crash report: it holds native stacks only' },
  { looks: /^Thread 0x[0-9a-f]+, .*\bAttached\b|\.NET/m, is: 'a .NET dump: use dotnet-dump' },
  {
    looks: /^Traceback \(most recent call last\):$/m,
    is: 'an ordinary Python traceback, which shows where an exception was raised and not where threads stand',
  },
];

/** One sentence on what an input without a dump is, or null when it is nothing known. */
export function describeStranger(head: Buffer): string | null {
  const text = head.toString('latin1');
  const stranger = STRANGERS.find(({ looks, also }) => looks.test(text) && (also?.test(text) ?? true));
  return stranger ? `this looks like ${stranger.is}` : null;
}
