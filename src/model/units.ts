/**
 * Units and small integers that the tables use, as named types: a `Milliseconds` is never passed
 * where a `Bytes` is meant by accident of spelling, and a signature says which table an index is of.
 */

/** Milliseconds since 1970-01-01T00:00:00Z, a whole number. */
export type EpochMilliseconds = number;
/** A length of time in seconds. */
export type Seconds = number;
/** A count of bytes. */
export type Bytes = number;
/** A line of an input, counted from 1. */
export type LineNumber = number;
/** A row of {@link StringTable}. */
export type StringIndex = number;
/** A row of {@link FrameTable}. */
export type FrameIndex = number;
/** A row of {@link StackTable}. */
export type StackIndex = number;
