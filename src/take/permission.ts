/** Whether this process may read the memory of another, as py-spy, pystack and gdb do (ptrace(2), "Ptrace access mode checking"). */
import fs from 'node:fs';
import process from 'node:process';
import { readProc, type ProcessInfo } from './process.js';

/** CAP_SYS_PTRACE (include/uapi/linux/capability.h). */
const SYS_PTRACE = 1n << 19n;

/** What stands in the way of reading a process' memory, and what to do; null when nothing does. */
export function memoryObstacle(info: ProcessInfo): { readonly why: string; readonly instead: string } | null {
  if (info.tracer !== 0) {
    return { why: `process ${info.tracer} traces it already`, instead: `end that debugger or tracer (process ${info.tracer})` };
  }
  const scope = yamaScope();
  const capable = (effectiveCapabilities() & SYS_PTRACE) !== 0n;
  if (scope === 3)
    return { why: 'this system lets nobody trace a process (kernel.yama.ptrace_scope is 3)', instead: 'it stays so until the next boot' };
  if (capable) return null;
  if (scope === 1 || scope === 2) {
    return {
      why: `this system lets only root trace other processes (kernel.yama.ptrace_scope is ${scope})`,
      instead: `run with sudo${scope === 1 ? ', or `sudo sysctl kernel.yama.ptrace_scope=0`' : ''}; in a container give it CAP_SYS_PTRACE`,
    };
  }
  if (info.user !== process.geteuid?.()) return { why: 'it is another user’s', instead: 'run as that user, or with sudo' };
  // a program that changed its user, or has a capability, is nobody's to look into
  if (info.executable === null)
    return { why: 'the system protects it: it has changed its user or has capabilities', instead: 'run with sudo' };
  return null;
}

function yamaScope(): number {
  try {
    return Number(fs.readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'utf8'));
  } catch {
    // a kernel without the Yama module
    return 0;
  }
}

function effectiveCapabilities(): bigint {
  const hex = /^CapEff:\s*([0-9a-f]+)/m.exec(readProc(process.pid, 'status') ?? '')?.[1];
  return hex === undefined ? 0n : BigInt(`0x${hex}`);
}
