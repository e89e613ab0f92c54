/** Version of the JSON documents. Grows when a field changes its meaning or goes; new fields do not change it. */
export const SCHEMA_VERSION = 1;

/** A time as the JSON documents write it. */
export function isoTime(time: number | null): string | null {
  if (time === null) return null;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
