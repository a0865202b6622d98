/** The text with as many asterisks in place of each secret as it has characters. */
export function hideSecrets(text: string, secrets: Iterable<string>): string {
	let hidden = text;
	for (const secret of secrets) {
		hidden = secret === '' ? hidden : hidden.replaceAll(secret, '*'.repeat(secret.length));
	}

	return hidden;
}
