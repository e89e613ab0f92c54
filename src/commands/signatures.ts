import process from 'node:process';
import { Args, Command, Flags } from '@oclif/core';
import { BUILT_IN_SIGNATURES, Origins, SIGNATURE_VERDICTS, WAIT_KINDS, signatureFromStack, type Signature } from '../analysis/index.js';
import { jsonText, screenOf, signaturesText } from '../report/index.js';
import { UserError } from './errors.js';
import { writeAll, writeLines } from './output.js';
import { INPUT_FLAGS, readInputs, reportUnread, rootsOf, signaturesOf } from './reading.js';

export class Signatures extends Command {
  static override summary = 'List the rules that say what a stack waits for, or make one of a pasted stack';
  static override description = `Without PATH it lists the rules, those of --signatures first.

With PATH it writes a rule for each distinct stack of the dumps in it: the frames from the most recent call down to the first package that is not the standard library. Paste the stack of a thread that is idle by design into a file, or pipe it in, append the rule to a file of yours, and give that file to --signatures or name it in the configuration.`;

  static override examples = [
    { description: 'What is known of redis?', command: '<%= config.bin %> <%= command.id %> --library redis' },
    {
      description: 'A consumer that idles by design',
      command:
        '<%= config.bin %> <%= command.id %> --id acme.orders --verdict idle --wait queue --label "consumer of orders" pasted.txt >> acme.signatures',
    },
  ];

  static override args = {
    PATH: Args.string({ description: 'file with the stack, or - for standard input', ignoreStdin: true }),
  };
  static override strict = false;

  static override flags = {
    json: Flags.boolean({ description: 'the rules as one JSON document' }),
    library: Flags.string({ description: 'only rules of this library', helpValue: 'NAME' }),
    id: Flags.string({ description: 'id of the new rule', helpValue: 'ID', default: 'own.rule' }),
    verdict: Flags.option({
      options: [...SIGNATURE_VERDICTS],
      description: 'verdict of the new rule',
      helpValue: 'VERDICT',
      default: 'idle',
    })(),
    wait: Flags.option({
      options: [...WAIT_KINDS],
      description: 'what threads with this stack wait for',
      helpValue: 'KIND',
      default: 'unknown',
    })(),
    label: Flags.string({ description: 'name for threads with this stack', helpValue: 'TEXT', default: 'idle by design' }),
    ...INPUT_FLAGS,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(Signatures);
    if (argv.length === 0) {
      const own = signaturesOf(flags);
      const replaced = new Set(own.map(({ id }) => id));
      const rules = [...own, ...BUILT_IN_SIGNATURES.filter(({ id }) => !replaced.has(id))].filter(
        ({ library }) => flags.library === undefined || library === flags.library,
      );
      if (rules.length === 0) throw new UserError('no-rule', `no rule of library ${flags.library ?? ''}`, 'see the list without --library');
      if (flags.json) process.stdout.write(`${jsonText({ schemaVersion: 1, signatures: rules.map(ruleJson) }, 1)}\n`);
      else await writeLines(signaturesText(rules, screenOf(process.stdout, 'auto', process.env)));
      return;
    }
    const { set } = await readInputs(argv as string[], flags);
    const origins = new Origins(set.frames, rootsOf(flags));
    const stacks = [...new Set(set.dumps.flatMap((dump) => dump.threads.map((thread) => thread.stack)))];
    const patterns = new Set<string>();
    for (const stack of stacks) {
      const pattern = signatureFromStack(set, origins, stack);
      if (pattern !== null) patterns.add(pattern);
    }
    const texts = [...patterns].map((pattern, i) => {
      const id = i === 0 ? flags.id : `${flags.id}-${i + 1}`;
      return `${id} | ${flags.wait} | ${flags.verdict} | ${flags.label}\n    stack  ${pattern}\n`;
    });
    if (texts.length === 0)
      throw new UserError(
        'no-dump',
        'no stack with frames in the input',
        'paste a thread as a dump prints it, its "Thread 0x… (most recent call first):" line included',
      );
    await writeAll([texts.join('\n')]);
    reportUnread(set);
  }
}

function ruleJson({ id, library, versions, wait, verdict, label, meaning, stacks, sample }: Signature): object {
  return { id, library, versions, wait, verdict, label, meaning, stacks: stacks.map(({ text }) => text), sample };
}
