/** Taking dumps of running processes. */
export { TakeError, type TakeErrorCode } from './errors.js';
export { inspectorOf, listeningPorts, type ListeningPort } from './inspector-address.js';
export { dumpThroughInspector, type InspectedThread, type InspectorDump, type ThreadState } from './inspector-dump.js';
export {
  allProcesses,
  environmentOf,
  lookAt,
  openFileOf,
  openFilesOf,
  processTree,
  stillRuns,
  type OpenFile,
  type OpenFileKind,
  type ProcessInfo,
  type SignalSets,
} from './process.js';
export { parseSignal, sendCaught, signalNames } from './signals.js';
export { ENDED_STATUS, runCommand, type Occasion, type RunOptions } from './run.js';
export { RUN_VARIABLE, RunFolder } from './run-folder.js';
export { readyOf, type Ready } from './ready.js';
export { readTaken } from './read-series.js';
export { takeSeries, type SeriesOptions, type TakenDump, type TakenProcess, type TakenSeries } from './series.js';
