/** Texts of faulthandler dumps for tests of what no sample shows. */
export interface TextThread {
  readonly id: number;
  /** `function` or `function:line`, most recent call first, in `/srv/app/app.py`. */
  readonly frames: readonly string[];
  readonly main?: boolean;
}

const START = ['run:982', '_bootstrap_inner:1045', '_bootstrap:1002'];

/** One dump. Threads that are not main stand on the frames of threading.py. */
export function dumpText(threads: readonly TextThread[], options: { cut?: boolean } = {}): string {
  const texts = threads.map(({ id, frames, main }) => {
    const own = frames.map((frame) => frameText('/srv/app/app.py', frame));
    const below = main ? [] : START.map((frame) => frameText('/usr/lib/python3.11/threading.py', frame));
    return [
      `${main ? 'Current thread' : 'Thread'} 0x${id.toString(16).padStart(16, '0')} (most recent call first):`,
      ...own,
      ...below,
    ].join('\n');
  });
  return `${texts.join('\n\n')}\n${options.cut ? '\n...\n' : ''}`;
}

function frameText(file: string, frame: string): string {
  const [name, line] = frame.split(':');
  return `  File "${file}", line ${line ?? '1'} in ${name!}`;
}
