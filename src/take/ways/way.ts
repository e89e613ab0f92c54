/** Ways to take a dump of a process. Each says first whether it works on this process, and what to do where it does not. */

export const WAY_NAMES = ['run', 'inspector', 'py-spy', 'pystack', 'remote-exec', 'signal', 'gdb'] as const;
export type WayName = (typeof WAY_NAMES)[number];

/** A dump as it was had. */
export interface Taken {
  readonly text: Uint8Array;
  /** Of the file's name, by what stands in it. */
  readonly extension: 'txt' | 'json' | 'jsonl';
  /** What the dump lacks, in sentences without full stops. */
  readonly remarks: readonly string[];
}

/** A way that should work. */
export interface OpenWay {
  readonly name: WayName;
  /** How it works and what it does to the process, as half a sentence. */
  readonly how: string;
  readonly open: true;
  /**
   * Takes one dump.
   *
   * @throws TakeError when there is none after all
   */
  readonly take: (abort?: AbortSignal) => Promise<Taken>;
  /** Undoes what the way has changed in the process; says what could not be undone. */
  readonly finish?: () => Promise<string | null>;
}

/** A way that does not work on this process. */
export interface ClosedWay {
  readonly name: WayName;
  readonly open: false;
  /** As half a sentence. */
  readonly why: string;
  /** What would make it work, as half a sentence; null where nothing would. */
  readonly instead: string | null;
}

export type Way = OpenWay | ClosedWay;

export function closed(name: WayName, why: string, instead: string | null = null): ClosedWay {
  return { name, open: false, why, instead };
}
