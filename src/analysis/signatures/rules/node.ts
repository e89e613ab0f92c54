/** Signatures; how to write one: `parseSignatures`. */
export const NODE = String.raw`
# Node's synchronous calls

node.child.sync | subprocess | wait | runs a child process and waits for it | Node | 8-24
    means   execSync, spawnSync, execFileSync: the whole thread stands still until the child ends
    by      child_process.spawnSync
    stack   node:child_process:{execSync,spawnSync,execFileSync}
    stack   node:internal/child_process:spawnSync << node:child_process:{execSync,spawnSync,execFileSync}
    stack   child_process.js:{execSync,spawnSync,execFileSync}
    sample  node:internal/child_process:spawnSync < node:child_process:spawnSync < node:child_process:execSync

node.fs.sync | file-io | wait | waits for a file | Node | 8-24
    means   synchronous file access: a FIFO without its other end, or a file system that does not answer
    stack   node:fs:{readFileSync,readSync,writeSync,writeFileSync,openSync,closeSync,statSync,lstatSync,readdirSync,fsyncSync,copyFileSync}
    stack   fs.js:{readFileSync,readSync,writeSync,writeFileSync,openSync,statSync}
    sample  node:fs:readSync < node:fs:readFileSync

node.crypto.sync | cpu | busy | computes in node:crypto | Node | 8-24
    means   synchronous key derivation or key generation: works, and holds its event loop
    stack   node:internal/crypto/*:*Sync
    stack   *:* << node:internal/crypto/*:*Sync
    sample  node:internal/crypto/pbkdf2:pbkdf2Sync

node.zlib.sync | cpu | busy | compresses | Node | 8-24
    means   synchronous compression: works, and holds its event loop
    stack   node:zlib:*Sync
    stack   *:* << node:zlib:*Sync
    stack   node:zlib:processChunkSync < node:zlib:zlibBufferSync
    sample  node:zlib:gzipSync

node.regexp | cpu | busy | matches a regular expression | Node | 8-24
    means   inside a regular expression: when it stays, it backtracks without end
    stack   <anonymous>:{RegExp.test,RegExp.exec,String.match,String.matchAll,String.replace,String.replaceAll,String.split,String.search}
    stack   <anonymous>:{RegExp.*@@*,[Symbol.*} << <anonymous>:{String.match,String.matchAll,String.replace,String.replaceAll,String.split,String.search}
    sample  <anonymous>:RegExp.test

node.atomics-wait | lock | wait | waits in Atomics.wait | Node | 16-24
    means   waits on shared memory: for work, or for a lock that another worker holds
    by      Atomics.wait
    stack   <anonymous>:Atomics.wait
    sample  <anonymous>:Atomics.wait

# Worker pools

node.piscina.idle | queue | idle | piscina worker | piscina | 3-5
    means   worker between two tasks, parked in Atomics.wait
    stack   piscina/dist/{,src/}worker.js:atomicsWaitLoop
    stack   <anonymous>:Atomics.wait < piscina/dist/{,src/}worker.js:atomicsWaitLoop
    sample  piscina/dist/worker.js:atomicsWaitLoop

node.synckit | future | wait | waits for a synckit worker | synckit | 0.8-0.11
    means   a synchronous call that another worker answers
    stack   synckit/lib/*:*Sync*
    stack   <anonymous>:Atomics.wait << synckit/lib/*
    sample  <anonymous>:Atomics.wait < synckit/lib/index.js:sendMessageToWorker
`;
