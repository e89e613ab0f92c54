/**
 * The Guru Meditation Report of OpenStack's services (oslo.reports: views/text/header.py and threading.py), written on SIGUSR2 to
 * standard error or to a file: the threads of Python, then eventlet's green threads, the most recent call last.
 *
 *     ========================================================================
 *     ====                        Guru Meditation                         ====
 *     ========================================================================
 *     ||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||     then parts with titles: Package, Threads,
 *     product = OpenStack Nova                                                     Green Threads, Processes, Configuration
 *     ------                  Thread #139957736490816                   ------     may be negative on 32 bit
 *
 *     /usr/lib/python3/dist-packages/eventlet/hubs/hub.py:346 in run
 *         `self.wait(sleep_time)`                                                  or (source not found)
 *
 *     ------                        Green Thread                        ------     without an id
 *
 *     No Traceback!
 *
 * An empty line stands around each frame, so it tells nothing.
 */
import { PLAIN_SHAPE, fields, firstOf, type LineGrammar, type LineToken } from './grammar.js';
import { OUTERMOST, blank, ellipsis, other } from './shared/python-stack.js';

const head = firstOf<LineToken>(
  fields(/\s*-{6} +Thread #(-?\d+) +-{6}\s*$/).map(([id]) => ({ is: 'thread', id: id!, name: null, current: false, alone: false })),
  fields(/\s*-{6} +Green Thread +-{6}\s*$/).map(() => ({
    is: 'thread',
    id: null,
    name: null,
    current: false,
    alone: false,
    kind: 'greenlet',
  })),
);

const frame = firstOf<LineToken>(
  fields(/(\S.*):(\d+) in (.*\S)\s*$/).map(([file, line, fn]) => ({
    is: 'frame',
    frame: { function: fn!, file: file!, line: Number(line), column: null },
  })),
  fields(/ {4}(?:`.*`|\(source not found\))\s*$/).map(() => ({ is: 'source' })),
  fields(/(No Traceback!)\s*$/).map(([text]) => ({ is: 'pseudo-frame', text: text!, cutsStack: false })),
);

const part = firstOf<LineToken>(
  fields(/\s*={4} +(Guru Meditation) +={4}\s*$/).map(([text]) => ({ is: 'cause', reason: { kind: 'request', text: text! } })),
  fields(/\s*={4} +(Processes|Configuration) +={4}\s*$/).map(([text]) => ({ is: 'remark', text: text!, last: true })),
  fields(/\s*(?:={72}|\|{72}|={4} +(?:Package|Threads|Green Threads) +={4}|-{36})\s*$/).map(() => ({ is: 'blank' })),
  fields(/((?:product|vendor|version) = .*|Exception: .*)$/).map(([text]) => ({ is: 'remark', text: text!.trimEnd(), last: false })),
);

export const guruMeditation: LineGrammar = {
  kind: 'lines',
  id: 'guru-meditation',
  title: "OpenStack's Guru Meditation Report",
  runtime: 'python',
  openings: ['Guru Meditation ', 'Thread #', 'Green Thread '],
  lead: /(?:={4}|-{6}) +$/,
  line: firstOf<LineToken>(frame, blank, head, part, ellipsis, other),
  begins: /^-{6} +(?:Green )?Thread/,
  outermost: OUTERMOST,
  maxFrames: Infinity,
  order: 'recent-last',
  shape: { ...PLAIN_SHAPE, again: 'next-dump' },
  example: '------                  Thread #139957736490816                   ------',
  how: 'kill -USR2 PID of an OpenStack service (package oslo.reports)',
};
