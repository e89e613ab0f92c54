/**
 * Files of other worlds that people hand over: what they are, and which tool reads them. As data, tried in order on the
 * beginning of an input in which no dump was found.
 */
const STRANGERS: readonly { readonly looks: RegExp; readonly is: string }[] = [
  { looks: /^\x7fELF[^]{12}\x04\x00/, is: 'an ELF core file: open it with gdb, or run `pystack core FILE` to get the Python stacks' },
  { looks: /^\x7fELF/, is: 'a program (ELF), not a dump' },
  { looks: /^MDMP/, is: 'a Windows minidump: open it with WinDbg' },
  {
    looks: /^Full thread dump |^"[^"\n]+" (?:#\d+ )?(?:\[\d+\] )?(?:daemon )?prio=\d+ .*\bnid=/m,
    is: 'a Java thread dump (jstack): use a Java thread dump analyzer',
  },
  { looks: /^goroutine \d+ \[[^\]\n]+\]:$/m, is: 'a Go goroutine dump: use panicparse' },
  { looks: /^\s*\{\s*"nodes"\s*:\s*\[\s*\{\s*"id"/, is: 'a V8 CPU profile: open it in Chrome DevTools or speedscope' },
  { looks: /^\s*\{\s*"snapshot"\s*:\s*\{\s*"meta"/, is: 'a V8 heap snapshot: open it in Chrome DevTools' },
  { looks: /"\$schema"\s*:\s*"https:\/\/www\.speedscope\.app/, is: 'a speedscope profile, not a dump' },
  { looks: /^-- ruby .*-- Control frame information/ms, is: 'a Ruby crash report' },
  { looks: /^Process: +\S+ \[\d+\]\n.*^Crashed Thread:/ms, is: 'a macOS crash report: it holds native stacks only' },
  { looks: /^Thread 0x[0-9a-f]+, .*\bAttached\b|\.NET/m, is: 'a .NET dump: use dotnet-dump' },
  {
    looks: /^Traceback \(most recent call last\):$/m,
    is: 'an ordinary Python traceback, which shows where an exception was raised and not where threads stand',
  },
];

/** One sentence on what an input without a dump is, or null when it is nothing known. */
export function describeStranger(head: Buffer): string | null {
  const text = head.toString('latin1');
  const stranger = STRANGERS.find(({ looks }) => looks.test(text));
  return stranger ? `this looks like ${stranger.is}` : null;
}
