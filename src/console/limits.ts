// The limits on one line of input. Their unit is the length of a JavaScript string: UTF-16 code units.

/** A menu entry or a password on the screen: more than either needs. */
export const maxEntryLength = 256;

/**
 * An answer to a question: a pasted public key of RSA 16384, which has about 2,800, fits with its options and comment. A line of plain
 * input may be an entry or an answer, and has this limit too.
 */
export const maxAnswerLength = 8192;
