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

const meanings: Record<string, string> = {
	ENOSPC: 'The disk is full',
	EDQUOT: 'The disk quota is used up',
	EROFS: 'The disk is read-only',
	EACCES: 'Permission denied',
	EPERM: 'Not permitted',
	ENOENT: 'There is no such file or folder',
	ENOTDIR: 'Not a folder',
	EIO: 'The disk does not answer as it should',
	EISDIR: 'It is a folder, not a file',
};

/** A failure in words that somebody can act on: a Problem itself, or an error of the operating system; else undefined. */
export function problemIn(error: unknown): Problem | undefined {
	if (error instanceof Problem) {
		return error;
	}

	return error instanceof Error && 'syscall' in error
		? new Problem('system', messageOf(error), 'Mend that, then try again.', {cause: error})
		: undefined;
}

/** The words of any thrown value; the system's own errors in a sentence, with the path that they are about. */
export function messageOf(error: unknown): string {
	if (!(error instanceof Error)) {
		return String(error);
	}

	const meaning = 'code' in error ? meanings[String(error.code)] : undefined;
	return meaning === undefined ? error.message : `${meaning}${'path' in error ? `: ${String(error.path)}` : ''}.`;
}
