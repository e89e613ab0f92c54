import { Analyze } from './analyze.js';
import { Baseline } from './baseline.js';
import { Capture } from './capture.js';
import { Completion } from './completion.js';
import { Diff } from './diff.js';
import { Formats } from './formats.js';
import { HistoryAdd } from './history/add.js';
import { HistoryExport } from './history/export.js';
import { HistoryHosts } from './history/hosts.js';
import { HistoryImport } from './history/import.js';
import { HistoryList } from './history/list.js';
import { HistoryNew } from './history/new.js';
import { HistoryPrune } from './history/prune.js';
import { HistoryQuery } from './history/query.js';
import { HistoryShow } from './history/show.js';
import { HistoryTrend } from './history/trend.js';
import { Pipe } from './pipe.js';
import { Recipe } from './recipe.js';
import { Report } from './report.js';
import { Run } from './run.js';
import { Signatures } from './signatures.js';
import { Stuck } from './stuck.js';
import { Watch } from './watch.js';

/** All commands, by the name they are called with. */
export const COMMANDS = {
  analyze: Analyze,
  baseline: Baseline,
  capture: Capture,
  completion: Completion,
  diff: Diff,
  formats: Formats,
  'history:add': HistoryAdd,
  'history:export': HistoryExport,
  'history:hosts': HistoryHosts,
  'history:import': HistoryImport,
  'history:list': HistoryList,
  'history:new': HistoryNew,
  'history:prune': HistoryPrune,
  'history:query': HistoryQuery,
  'history:show': HistoryShow,
  'history:trend': HistoryTrend,
  pipe: Pipe,
  recipe: Recipe,
  report: Report,
  run: Run,
  signatures: Signatures,
  stuck: Stuck,
  watch: Watch,
};
