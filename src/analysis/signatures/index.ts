export * from './from-stack.js';
export * from './matcher.js';
export { BUILT_IN_SIGNATURES } from './rules/index.js';
export {
  SIGNATURE_VERDICTS,
  SignatureError,
  WAIT_KINDS,
  parseSignatures,
  type Signature,
  type SignatureVerdict,
  type WaitKind,
} from './rule.js';
export * from './timed-waits.js';
