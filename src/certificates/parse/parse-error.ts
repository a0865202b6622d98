/** Bytes that are not what they should be. The message completes the sentence "it is damaged: ...". */
export class ParseError extends Error {
	override readonly name = 'Damage';
}

/** What is wrong when `read` finds damage, else undefined; anything else that is thrown is passed on. */
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
