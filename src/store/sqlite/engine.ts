import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { StoreError, type Answer } from '../store.js';

export type Value = string | number | null;

export interface Statement {
  run(...values: Value[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
  all(...values: Value[]): unknown[];
}

/** What is used of an SQLite driver: the part that Node's own and libsql have in common. */
export interface Engine {
  readonly name: 'node:sqlite' | 'libsql';
  exec(sql: string): void;
  prepare(sql: string): Statement;
  /** Rows as arrays, at most `most`; 64-bit integers beyond what a number holds are texts. */
  query(sql: string, most: number): Answer;
  close(): void;
}

/** The classes of both drivers, as far as they are used here. */
interface DriverStatement extends Statement {
  columns?(): readonly { readonly name: string }[];
  iterate(...values: Value[]): Iterable<unknown>;
  // node:sqlite
  setReadBigInts?(on: boolean): void;
  setReturnArrays?(on: boolean): void;
  // libsql
  raw?(on: boolean): DriverStatement;
  safeIntegers?(on: boolean): DriverStatement;
}

interface Driver {
  exec(sql: string): void;
  prepare(sql: string): DriverStatement;
  close(): void;
}

type Opened = (file: string | URL) => Driver;

/** Opens a file. `still`: it is only read, and nobody writes to it; nothing but the file is needed then (Node's own from 22.15 on). */
export type OpenEngine = (file: string, still?: boolean) => Engine;

/**
 * The engine of this process: Node's own where it has one (22.13 and later), else libsql, an optional dependency.
 *
 * @throws StoreError `no-engine`
 */
export async function loadEngine(): Promise<OpenEngine> {
  const own = nodeSqlite();
  const [name, open] = own === null ? (['libsql', await libsql()] as const) : (['node:sqlite', own] as const);
  return (file, still = false) => {
    if (!still) return new DriverEngine(name, open(file));
    const url = pathToFileURL(file);
    url.search = 'mode=ro&immutable=1';
    // a text would be a file's name to older ones of Node
    return new DriverEngine(name, open(name === 'libsql' ? url.href : url));
  };
}

/** Null where this Node has none. Its warning that it is experimental says nothing to users of this tool. */
function nodeSqlite(): Opened | null {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    const module = process.getBuiltinModule('node:sqlite') as unknown as
      { readonly DatabaseSync: new (file: string | URL) => Driver } | undefined;
    return module === undefined ? null : (file) => new module.DatabaseSync(file);
  } catch {
    return null;
  } finally {
    process.emitWarning = emitWarning;
  }
}

async function libsql(): Promise<Opened> {
  try {
    const { default: Database } = (await import('libsql')) as unknown as { readonly default: new (file: string | URL) => Driver };
    return (file) => new Database(file);
  } catch {
    throw new StoreError(
      'no-engine',
      `a history needs SQLite, which Node ${process.versions.node} does not have and the optional package libsql is not installed for`,
      'use Node 22.13 or later, or install standstill without --omit=optional',
    );
  }
}

class DriverEngine implements Engine {
  readonly name: Engine['name'];
  readonly #driver: Driver;

  constructor(name: Engine['name'], driver: Driver) {
    this.name = name;
    this.#driver = driver;
  }

  exec(sql: string): void {
    this.#driver.exec(sql);
  }

  prepare(sql: string): Statement {
    const statement = this.#driver.prepare(sql);
    if (this.name === 'libsql') return statement;
    // rows of Node's own have no prototype, and equal no object that has one
    return {
      run: (...values) => statement.run(...values),
      all: (...values) => statement.all(...values).map((row) => ({ ...(row as object) })),
    };
  }

  query(sql: string, most: number): Answer {
    const statement = this.#driver.prepare(sql);
    statement.setReadBigInts?.(true);
    statement.setReturnArrays?.(true);
    statement.safeIntegers?.(true);
    statement.raw?.(true);
    let columns = statement.columns?.().map(({ name }) => name);
    const rows: (string | number | null)[][] = [];
    let cut = false;
    for (const row of statement.iterate()) {
      if (rows.length === most) {
        cut = true;
        break;
      }
      // without arrays (Node before 22.16) columns of one name are one
      columns ??= Array.isArray(row) ? [] : Object.keys(row as object);
      rows.push((Array.isArray(row) ? row : Object.values(row as object)).map(plainValue));
    }
    return { columns: columns ?? [], rows, cut };
  }

  close(): void {
    this.#driver.close();
  }
}

function plainValue(value: unknown): string | number | null {
  if (typeof value === 'bigint')
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
  if (value instanceof ArrayBuffer || value instanceof Uint8Array) return `x'${Buffer.from(value as Uint8Array).toString('hex')}'`;
  return value === undefined ? null : (value as string | number | null);
}
