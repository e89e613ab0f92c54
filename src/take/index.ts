/** Taking dumps of running processes. */
export { takeCapture, type Capture, type CaptureOptions, type CaptureStep, type CapturedDump } from './capture.js';
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
export { WatchedDumps, type WatchOptions } from './watched-dumps.js';
export { takeSeries, type SeriesOptions, type TakenDump, type TakenProcess, type TakenSeries } from './series.js';
export { openWays, planCapture, type Plan, type PlanOptions } from './plan.js';
export { captureJson, choiceText, planJson, planText, stepText, targetText } from './plan-text.js';
export { KNOWN_PROGRAMS, type KnownProgram, type KnownSignal } from './programs.js';
export { kernelStandingOf, type KernelStanding, type StandingKind } from './standing.js';
export type { Target } from './target.js';
export { WAY_NAMES, type ClosedWay, type OpenWay, type Taken, type Way, type WayName } from './ways/way.js';
