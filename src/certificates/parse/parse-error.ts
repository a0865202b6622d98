/** Bytes that cannot be parsed. The message completes the sentence "it is damaged: ...". */
export class ParseError extends Error {
	override readonly name = 'Damage';
}

/** The message of the ParseError that `read` throws, or undefined when it throws none; other errors are rethrown. */
export function tryParse(read: () => unknown): string | undefined {
	try {
		read();
		return undefined;
	} catch (error) {
		if (error instanceof ParseError) {
			return error.message;
		}

		throw error;
	}
}
