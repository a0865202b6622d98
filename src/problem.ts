/**
 * A failure that the user can act on: what is wrong and what was found (`message`), and what to do (`hint`). Anything else that
 * is thrown is a bug. A Problem never contains key material or a passphrase.
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
	ENOSPC: 'The disk is full (no space or no inodes are left)',
	EDQUOT: 'The disk quota is used up',
	EROFS: 'The disk is read-only',
	EACCES: 'Permission denied',
	EPERM: 'Not permitted',
	ENOENT: 'There is no such file or folder',
	ENOTDIR: 'Not a folder',
	EIO: 'Input/output error',
	EISDIR: 'It is a folder, not a file',
	EBUSY: 'It is in use, such as a mount point',
	EXDEV: 'It is on another file system',
	ETXTBSY: 'It is a program that runs',
	EMFILE: 'Too many files are open in this process',
	ENFILE: 'Too many files are open on this machine',
	ELOOP: 'It is a symbolic link, or a loop of them',
	ENAMETOOLONG: 'The name is too long',
	ENOTEMPTY: 'The folder is not empty',
	EEXIST: 'It exists already',
	ESTALE: 'The network file system has lost it',
};

/** A Problem for a Problem or an error of the operating system; undefined for any other error, which is a bug. */
export function problemIn(error: unknown): Problem | undefined {
	if (error instanceof Problem) {
		return error;
	}

	return error instanceof Error && 'syscall' in error
		? new Problem('system', messageOf(error), 'Fix that, then try again.', {cause: error})
		: undefined;
}

/** The message of any thrown value; a system error as a sentence with its path. */
export function messageOf(error: unknown): string {
	if (!(error instanceof Error)) {
		return String(error);
	}

	const meaning = 'code' in error ? meanings[String(error.code)] : undefined;
	return meaning === undefined ? error.message : `${meaning}${'path' in error ? `: ${String(error.path)}` : ''}.`;
}

/** The message of any thrown value, followed by what to do if it says that. */
export function messageWithHint(error: unknown): string {
	return `${messageOf(error)} ${error instanceof Problem ? error.hint : ''}`.trim();
}
