/**
 * What a module wants done when the process ends, however it ends but by a signal. The entry point calls these, and writes what they
 * return to standard error.
 */
export const atExit: Array<() => string | undefined> = [];
