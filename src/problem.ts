/**
 * A failure that somebody can act on. It is shown in these words: what is wrong and what was found (`message`), and what
 * to do (`hint`). Anything else that is thrown is a bug. No key material and no passphrase is ever put in a Problem.
 */
export class Problem extends Error {
	override readonly name = 'Problem';

	constructor(
		/** A stable word for programs, such as `port-in-use`. */
		readonly code: string,
		message: string,
		readonly hint: string = '',
		options: {cause?: unknown} = {},
	) {
		super(message, options);
	}
}

/** Whether a thrown value carries this system error code, such as `ENOENT`. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
	return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** The words of any thrown value. */
export function wordsOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
