/**
 * What a page holds at most. A browser has to open it on a laptop: 2,000 threads in 60 dumps are 120,000 samples and about
 * 3 MB; five times that is opened in a second or two and stays far below 15 MB.
 */
export const MOST_SAMPLES = 600_000;
/** Threads with a row of their own, over all processes. */
export const MOST_THREADS = 40_000;
/** Characters of one text: a name of a megabyte is shown by its beginning. */
export const MOST_CHARACTERS = 2_000;
/** Characters of all texts together; beyond it texts are cut to their first 40 characters. */
export const MOST_TEXT = 8_000_000;
/** Lines of source shown before and after a frame's line. */
export const EXCERPT_AROUND = 4;
/** Frames whose source is shown: those of suspicious threads first. */
export const MOST_EXCERPTS = 400;
/** Threads whose variables, native frames and weights the page holds. */
export const MOST_DETAILED = 500;
