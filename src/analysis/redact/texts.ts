import { Aliases, type AliasKind } from './aliases.js';
import {
  ADDRESS_NAMES,
  COMMAND_LINES,
  COMMON_USERS,
  DOTTED,
  HOMES,
  HOME_OF_PATH,
  HOST_VALUES,
  INSTALLED,
  IP4,
  IP6,
  LOCAL_SCHEMES,
  LOGINS,
  MACS,
  MAILS,
  NAMED_FOLDERS,
  NO_NAMES,
  QUOTED_VARIABLES,
  ROOT_HOME,
  SECRETS,
  SECRET_HEADERS,
  SECRET_OPTIONS,
  SHARES,
  TILDES,
  UNKNOWN_HOSTS,
  URLS,
  USER_VALUES,
  VARIABLES,
  WINDOWS_HOMES,
  WORDS,
  isHostName,
} from './patterns.js';

/** What is known of the machine that the dumps may be of. */
export interface KnownNames {
  readonly users?: readonly string[];
  readonly hosts?: readonly string[];
  /** Home directories that do not lie where homes usually lie. */
  readonly homes?: readonly string[];
}

/** What stands behind the command in what `subprocess` says of it. */
const COMMAND_ENDS = ["' returned non-zero", "' timed out", "' died with"];
const FILE_ENDINGS = /^(?:log|txt|json|gz|zst|xz|bz2|dump|out|err|\d+)$/;

/** Names shorter than this are words of any text. */
const LEAST_NAME = 3;

/** Homes that all users share. */
const NOBODYS: ReadonlySet<string> = new Set(['shared', 'public', 'default', 'all users', 'default user', 'linuxbrew']);

/** Gives texts of dumps back without what tells of people and machines. */
export class RedactedTexts {
  readonly #aliases = new Aliases();
  /** Names that stand for a user or machine wherever they stand as a word, by themselves in lower case. */
  readonly #words = new Map<string, readonly [AliasKind, string]>();
  #homes: readonly (readonly [string, string])[] = [];

  constructor({ users = [], hosts = [], homes = [] }: KnownNames = {}) {
    const unusual = homes.filter((home) => home.length > 1 && !isHome(home));
    for (const user of users) this.#knowUser(user);
    for (const host of hosts) this.#knowHost(host.toLowerCase());
    this.#homes = unusual.map((home) => [home.replace(/[\\/]$/, ''), home.replace(/^.*[\\/](?=.)/, '')] as const);
  }

  /** Keeps the names of aliases that a text has by itself from others. To be called for all texts first. */
  reserve(text: string): void {
    this.#aliases.reserve(text);
  }

  /** Learns the names in a path or text, so that each is known wherever it stands later. */
  learn(text: string): void {
    this.#inHomes(text);
  }

  /** Learns the name that a log gives to whoever wrote a dump: `web-3 shop`. */
  learnOrigin(origin: string): void {
    const [host, source] = origin.split(' ');
    if (source !== undefined) this.#host(host!);
    this.origin(origin);
  }

  /** Text in words: a note, the message of an error, the name of a thread. */
  text(text: string): string {
    if (text === '') return text;
    const told = this.#inCommands(text).replace(
      COMMAND_LINES,
      (_, before: string, command: string) => `${before}${this.#alias('command', command)}`,
    );
    return this.#inWords(this.#values(told));
  }

  /** A file or folder. What is below folders of installed code is told as it is. */
  path(path: string): string {
    const told = this.#places(path.replace(HOME_OF_PATH, (_, before: string, name: string) => before + this.#user(name)));
    const installed = INSTALLED.exec(told)?.index ?? Math.max(told.lastIndexOf('/'), told.lastIndexOf('\\'), 0);
    if (this.#words.size === 0 || installed === 0) return told;
    const folders = told.slice(0, installed).replace(/[^\\/]+/g, (name) => this.#known(name) ?? name);
    return folders + told.slice(installed);
  }

  /** The path of an input: its name, too, may tell where it is from. */
  input(path: string): string {
    const told = this.path(path);
    const name = told.slice(Math.max(told.lastIndexOf('/'), told.lastIndexOf('\\')) + 1);
    return told.slice(0, told.length - name.length) + this.#inWords(name);
  }

  /** The name of a function. */
  function(name: string): string {
    return /[/\\@~]/.test(name) ? this.#places(name) : name;
  }

  /** Whose log a dump stood in. Ranks and workers of a test runner name nobody. */
  origin(origin: string): string {
    return /^\w{0,10}(?:rank|default|gw|worker)[ -]?\d{1,9}$/i.test(origin) ? origin : this.#aliases.of('source', origin);
  }

  /** A text that is a command line, or has one after its head. */
  command(text: string): string {
    const [, head = '', command = ''] = /^((?:Parent )?Process \d{1,10}: )?(.*)$/s.exec(text) ?? [];
    return command === '' ? text : head + this.#alias('command', command);
  }

  /** A value that a program held: nothing of it is told but what tells nothing. */
  value(value: string): string {
    if (/^(?:None|True|False|null|true|false|undefined|NaN|-?\d{1,6}(?:\.\d{1,9})?|\[\]|\{\}|\(\)|""|''|\.\.\.)$/.test(value)) return value;
    const object = /^<([\w.]{1,200})(?: object)? at 0x[0-9a-fA-F]{1,16}>$/.exec(value);
    return object ? value : this.#alias('value', value);
  }

  /** What an event loop waits for: `10.0.0.3:44120 to db:5432`, `listens on 0.0.0.0:80`, `pid 17`, a file. */
  handle(details: string): string {
    if (/^(?:expired|fires in \S+ ms|pid \d+|SIG\w+)$/.test(details)) return details;
    const told = this.text(details);
    return told.replace(/(^|(?<=^listens on )|(?<= to ))([A-Za-z_][\w.-]*)(?=:(?:\d+|\?)(?: |$))/g, (_, __, host: string) =>
      this.#host(host),
    );
  }

  /** `subprocess` says what it ran: `Command '['ssh', 'db']' timed out after 5 seconds`. */
  #inCommands(text: string): string {
    const from = text.search(/\bCommand '/);
    const end = from < 0 ? -1 : Math.max(...COMMAND_ENDS.map((words) => text.lastIndexOf(words)));
    if (end < from + 'Command '.length + 1) return text;
    return `${text.slice(0, from)}Command ${this.#alias('command', text.slice(from + 'Command '.length, end + 1))}${text.slice(end + 1)}`;
  }

  #alias(kind: AliasKind, thing: string): string {
    return this.#aliases.of(kind, thing);
  }

  #user(name: string): string {
    if (NOBODYS.has(name.toLowerCase())) return name;
    this.#knowUser(name);
    return this.#aliases.of('user', name.toLowerCase());
  }

  #knowUser(name: string): void {
    const lower = name.toLowerCase();
    if (name.length >= LEAST_NAME && !COMMON_USERS.has(lower) && !this.#words.has(lower)) this.#words.set(lower, ['user', lower]);
  }

  #host(name: string): string {
    const lower = name.toLowerCase().replace(/\.$/, '');
    if (lower === '' || lower === 'localhost' || lower.startsWith('localhost.') || lower === 'host.docker.internal') return name;
    const ip = this.#ip(name);
    if (ip !== null) return ip;
    this.#knowHost(lower);
    return this.#aliases.of('host', lower);
  }

  #knowHost(name: string): void {
    if (name.length >= LEAST_NAME && name !== 'localhost' && (/[-.\d]/.test(name) || !COMMON_USERS.has(name)))
      this.#words.set(name, ['host', name]);
  }

  /** An address, or null for what is none. Those of the machine itself and of all machines tell nothing. */
  #ip(text: string): string | null {
    if (isIp4(text)) return /^(?:127\.|0\.0\.0\.0$|255\.255\.255\.255$)/.test(text) ? text : this.#aliases.of('ip', text);
    if (isIp6(text)) return /^(?:::1?|(?:0{1,4}:){7}0{0,3}[01])$/.test(text) ? text : this.#aliases.of('ip', shortIp6(text));
    return null;
  }

  /** Homes, addresses of the network and of people: what may stand in any text. */
  #places(text: string): string {
    let told = text;
    if (told.includes('://'))
      told = told.replace(URLS, (all, scheme: string, authority: string, path: string, query?: string) =>
        this.#url(all, scheme, authority, path, query),
      );
    if (told.includes('@'))
      told = told.replace(MAILS, (_, name: string, domain: string) => this.#alias('mail', `${name}@${domain}`.toLowerCase()));
    told = this.#inHomes(told);
    if (told.includes('.')) told = told.replace(IP4, (all, ip: string) => this.#ip(ip) ?? all);
    return told;
  }

  #url(all: string, scheme: string, authority: string, path: string, query = ''): string {
    if (LOCAL_SCHEMES.test(scheme)) return all;
    const at = authority.lastIndexOf('@');
    const login = authority.slice(0, Math.max(at, 0));
    const name = (one: string): string => {
      const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(.*)$/s.exec(one) ?? [];
      if (host.startsWith('[')) return `[${this.#ip(host.slice(1, -1)) ?? host.slice(1, -1)}]${port}`;
      return (host === '' ? '' : this.#host(host)) + port;
    };
    // databases have several machines in one address
    const names = authority
      .slice(at + 1)
      .split(',')
      .map((one) => name(one));
    const asked = query.length > 1 ? `?${this.#alias('query', query.slice(1))}` : query;
    return `${scheme}${login === '' ? '' : `${this.#alias('login', login)}@`}${names.join(',')}${path}${asked}`;
  }

  #inHomes(text: string): string {
    let told = text;
    for (const [home, name] of this.#homes) told = replaceFolder(told, home, () => `/home/${this.#user(name)}`);
    const named = (_: string, before: string, name: string): string => before + this.#user(name);
    if (told.includes('/')) {
      told = told.replace(HOMES, named);
      if (told.includes('/root')) told = told.replace(ROOT_HOME, () => `/home/${this.#user('root')}`);
    }
    if (told.includes('~')) told = told.replace(TILDES, (_, name: string) => `~${this.#user(name)}`);
    if (told.includes(':')) told = told.replace(WINDOWS_HOMES, named);
    if (told.includes('\\\\')) told = told.replace(SHARES, (_, before: string, host: string) => before + this.#host(host));
    return told.includes('pytest-of-') ? told.replace(NAMED_FOLDERS, (name: string) => this.#user(name)) : told;
  }

  /** Values of variables and of what calls itself a secret. */
  #values(text: string): string {
    const value =
      (kind: AliasKind) =>
      (_: string, before: string, said: string): string => {
        const quote = /^["']/.exec(said)?.[0] ?? '';
        const bare = quote === '' ? said : said.slice(1, -1);
        return bare === '' ? before + said : `${before}${quote}${this.#alias(kind, bare)}${quote}`;
      };
    const told = text.replace(SECRET_OPTIONS, value('secret')).replace(SECRET_HEADERS, value('secret'));
    if (!/[=:]/.test(told)) return told;
    const named = (to: (name: string) => string) => (all: string, before: string, name: string) =>
      NO_NAMES.test(name) ? all : before + to(name);
    return told
      .replace(SECRETS, value('secret'))
      .replace(VARIABLES, value('value'))
      .replace(QUOTED_VARIABLES, value('value'))
      .replace(
        HOST_VALUES,
        named((name) => this.#host(name)),
      )
      .replace(
        USER_VALUES,
        named((name) => this.#user(name)),
      );
  }

  /** All that may stand in words. */
  #inWords(text: string): string {
    let told = this.#places(text);
    if (told.includes(':') || told.includes('-'))
      told = told
        .replace(MACS, (mac: string) => this.#alias('mac', mac.toLowerCase().replaceAll('-', ':')))
        .replace(IP6, (all: string, ip: string) => this.#ip(ip) ?? all)
        .replace(ADDRESS_NAMES, (_, digits: string) => this.#alias('ip', digits.replaceAll('-', '.')));
    told = told.replace(UNKNOWN_HOSTS, (_, before: string, host: string) => before + this.#host(host));
    if (told.includes('@'))
      told = told.replace(LOGINS, (_, name: string, host: string) => `${this.#alias('login', name)}@${this.#host(host)}`);
    told = told.replace(DOTTED, (name: string) => this.#dotted(name));
    if (this.#words.size === 0) return told;
    return told.replace(WORDS, (word: string) => this.#word(word));
  }

  #dotted(name: string): string {
    const known = this.#known(name);
    if (known !== null) return known;
    if (isHostName(name)) return this.#host(name);
    // the name of a file: `web-1.acme.com.log`
    const labels = name.split('.');
    const end = labels.findLastIndex((label) => !FILE_ENDINGS.test(label)) + 1;
    const stem = labels.slice(0, end).join('.');
    return end > 1 && end < labels.length && isHostName(stem) ? [this.#host(stem), ...labels.slice(end)].join('.') : name;
  }

  #word(word: string): string {
    const known = this.#known(word);
    if (known !== null || !word.includes('-')) return known ?? word;
    return word.replace(/[^-]+/g, (part) => this.#known(part) ?? part);
  }

  #known(word: string): string | null {
    const known = this.#words.get(word.toLowerCase());
    return known === undefined ? null : this.#aliases.of(...known);
  }
}

function isHome(path: string): boolean {
  return path === '/root' || [HOMES, WINDOWS_HOMES].some((pattern) => path.search(pattern) !== -1);
}

function isIp4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

/** One way to write an address of six. */
function shortIp6(text: string): string {
  const url = `http://[${text}]`;
  return URL.canParse(url) ? new URL(url).hostname : text.toLowerCase();
}

function isIp6(text: string): boolean {
  const groups = text.split(':');
  if (groups.length < 3 || groups.length > 8 || !groups.every((group) => /^[0-9A-Fa-f]{0,4}$/.test(group))) return false;
  const gaps = text.split('::').length - 1;
  return gaps === 0 ? groups.length === 8 && !groups.includes('') : gaps === 1 && !text.includes(':::');
}

/** A folder's path, where nothing of a longer path stands before it, and a separator or the end after it. */
function replaceFolder(text: string, folder: string, by: () => string): string {
  let told = '';
  let from = 0;
  for (let at = text.indexOf(folder); at !== -1; at = text.indexOf(folder, at + folder.length)) {
    const [before, after] = [text[at - 1] ?? ' ', text[at + folder.length] ?? '/'];
    if (/[\w.\-\\/]/.test(before) || /[\w.-]/.test(after)) continue;
    told += text.slice(from, at) + by();
    from = at + folder.length;
  }
  return told + text.slice(from);
}
