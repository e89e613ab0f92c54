import type { Command, Interfaces } from '@oclif/core';
import { UserError } from './errors.js';
import { NO_CONFIGURATION, type Configuration, type Setting } from './config-text.js';
import { nearest } from './nearest.js';

let current = NO_CONFIGURATION;

/** The configuration of this run, for what is not a flag. */
export function configuration(): Configuration {
  return current;
}

/**
 * Makes a configuration's settings the defaults of a command's flags. A command's flags are checked as if they had been
 * given, so a wrong value says the place in the file, and not a flag that nobody wrote.
 *
 * @throws UserError `bad-config`
 */
export async function configure(id: string, command: Command.Class, config: Configuration): Promise<void> {
  current = config;
  const settings = new Map([...config.flags, ...(config.commands.get(id.replaceAll(':', ' ')) ?? [])]);
  for (const [name, flag] of Object.entries({ ...command.baseFlags, ...command.flags })) {
    const setting = settings.get(name);
    if (setting === undefined) continue;
    // oclif's types make a flag's default that of its value; here it is checked against the flag itself
    (flag as { default?: unknown }).default = await checked(name, flag, setting);
  }
}

async function checked(name: string, flag: Interfaces.Flag<unknown>, { value, where }: Setting): Promise<unknown> {
  const fail = (message: string, hint = 'see the flag in --help'): never => {
    throw new UserError('bad-config', `${where}: ${message}`, hint);
  };
  if (flag.type === 'boolean') return typeof value === 'boolean' ? value : fail(`"${name}" is true or false`);
  if (typeof value === 'boolean') return fail(`"${name}" takes a value, not ${value}`);
  if (flag.multiple !== true && Array.isArray(value)) return fail(`"${name}" takes one value, not a list`);
  const values = Array.isArray(value) ? value : [value];
  const parsed: unknown[] = [];
  for (const item of values.map(String)) {
    if (flag.options && !flag.options.includes(item)) {
      const near = nearest(item, flag.options);
      fail(`"${name}" is one of ${flag.options.join(', ')}, not "${item}"`, ...(near === null ? [] : [`did you mean "${near}"?`]));
    }
    try {
      parsed.push(await flag.parse(item, {} as never, flag));
    } catch (error) {
      fail(`"${name}": ${(error as Error).message}`);
    }
  }
  return flag.multiple === true ? parsed : parsed[0];
}
