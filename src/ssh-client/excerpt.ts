/** The beginning of what a host says, which may be of any length. */
export function excerptOf(words: string, maxLength = 200): string {
	return words.length > maxLength ? `${words.slice(0, maxLength)}...` : words;
}
