// The schema of the configuration file, from oclif.manifest.json: the flags of all commands with their values.
// `npm run snapshot` writes it.

/** What a file may not say: which file to read, and by a flag which code to load. The command line refuses it too (`config-text.ts`). */
const NOT_CONFIGURABLE = new Set(['config', 'no-config', 'grammar', 'store', 'help', 'version']);

function flagSchema({ type, options, multiple, description }) {
  if (type === 'boolean') return { description, type: 'boolean' };
  const value = options ? { enum: options } : { type: ['string', 'number'] };
  return { description, ...(multiple ? { anyOf: [value, { type: 'array', items: value }] } : value) };
}

function flagsSchema(flags) {
  const properties = Object.fromEntries(
    Object.entries(flags)
      .filter(([name]) => !NOT_CONFIGURABLE.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, flag]) => [name, flagSchema(flag)]),
  );
  return { type: 'object', additionalProperties: false, properties };
}

/** @param manifest oclif's */
export function configSchema(manifest) {
  const commands = Object.entries(manifest.commands)
    .filter(([, { flags }]) => 'config' in flags)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const paths = { type: 'array', items: { type: 'string', minLength: 1 } };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'config.schema.json',
    title: 'standstill.config.json, or the key "standstill" of a package.json',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      flags: {
        description: 'defaults of flags, for every command that has them; what is given on the command line goes before',
        ...flagsSchema(Object.assign({}, ...commands.map(([, { flags }]) => flags))),
      },
      commands: {
        description: "defaults of one command's flags; they go before those of all",
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(commands.map(([id, { flags }]) => [id.replaceAll(':', ' '), flagsSchema(flags)])),
      },
      appRoots: { description: 'folders whose files are application code, beside those of --app-root', ...paths },
      libraryRoots: { description: 'folders whose files are library code, beside those of --library-root', ...paths },
      signatures: { description: 'files of rules that say what stacks wait for, beside those of --signatures', ...paths },
      grammars: {
        description: "modules that read more formats; only in the user's own configuration directory or with --config, since they are run",
        ...paths,
      },
    },
  };
}
