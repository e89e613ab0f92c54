import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether the server's program is on this machine. */
export function hasClickHouse(): boolean {
  return spawnSync('clickhouse-server', ['--help'], { stdio: 'ignore' }).error === undefined;
}

/** One server of the cluster. */
export interface Shard {
  readonly http: number;
  /** Processor time that the server has used, in seconds. */
  cpu(): number;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Two servers on loopback that know each other as the cluster `two`, each with a folder of its own. */
export class Cluster {
  readonly shards: readonly [Shard, Shard];
  readonly #folder: string;

  private constructor(shards: readonly [Shard, Shard], folder: string) {
    this.shards = shards;
    this.#folder = folder;
  }

  static async start(): Promise<Cluster> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standstill-clickhouse-'));
    const ports = await freePorts(6);
    const [http, tcp, inter] = [ports.slice(0, 2), ports.slice(2, 4), ports.slice(4, 6)];
    const shards = [0, 1].map((i) => new Server(path.join(folder, `shard${i}`), http[i]!, tcp[i]!, inter[i]!, tcp));
    const cluster = new Cluster(shards as unknown as readonly [Shard, Shard], folder);
    try {
      await Promise.all(shards.map((shard) => shard.start()));
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  address(database: string): string {
    return `clickhouse://${this.shards.map(({ http }) => `127.0.0.1:${http}`).join(',')}/${database}?cluster=two`;
  }

  async stop(): Promise<void> {
    await Promise.all(this.shards.map((shard) => shard.stop()));
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

class Server implements Shard {
  readonly http: number;
  readonly #folder: string;
  #process: ChildProcess | null = null;

  constructor(folder: string, http: number, tcp: number, inter: number, all: readonly number[]) {
    this.http = http;
    this.#folder = folder;
    fs.mkdirSync(folder, { recursive: true });
    const replicas = all.map((port) => `<shard><replica><host>127.0.0.1</host><port>${port}</port></replica></shard>`).join('');
    fs.writeFileSync(
      path.join(folder, 'config.xml'),
      `<yandex><logger><level>warning</level><log>${folder}/log</log><errorlog>${folder}/errors</errorlog></logger>
<http_port>${http}</http_port><tcp_port>${tcp}</tcp_port><interserver_http_port>${inter}</interserver_http_port>
<listen_host>127.0.0.1</listen_host><path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path>
<users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
<mark_cache_size>268435456</mark_cache_size><max_concurrent_queries>50</max_concurrent_queries>
<remote_servers><two>${replicas}</two></remote_servers></yandex>`,
    );
    fs.writeFileSync(
      path.join(folder, 'users.xml'),
      `<yandex><profiles><default><max_memory_usage>2000000000</max_memory_usage></default></profiles>
<users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
<quotas><default></default></quotas></yandex>`,
    );
  }

  async start(): Promise<void> {
    const server = spawn('clickhouse-server', ['--config-file', path.join(this.#folder, 'config.xml')], {
      cwd: this.#folder,
      stdio: 'ignore',
    });
    this.#process = server;
    // whoever ends before it is stopped takes it along
    process.once('exit', () => server.kill('SIGKILL'));
    for (let tries = 0; tries < 300; tries++) {
      if (server.exitCode !== null) throw new Error(`clickhouse-server ended: ${this.#errors()}`);
      if (await answers(this.http)) return;
      await sleep(100);
    }
    throw new Error(`clickhouse-server does not answer: ${this.#errors()}`);
  }

  cpu(): number {
    // the name before it may have blanks; times are in hundredths of a second
    const fields = fs.readFileSync(`/proc/${this.#process!.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  async stop(): Promise<void> {
    const server = this.#process;
    this.#process = null;
    if (server === null || server.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
    server.kill('SIGKILL');
    await ended;
  }

  #errors(): string {
    try {
      return fs.readFileSync(path.join(this.#folder, 'errors'), 'utf8').slice(-2000);
    } catch {
      return 'no log';
    }
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/ping`)).ok;
  } catch {
    return false;
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<net.Server>((resolve) => {
          const server = net.createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
