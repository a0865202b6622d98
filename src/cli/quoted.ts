/** A text in single quotes, as sh, bash and zsh read it, and with another escape fish. */
export function quoted(text: string, escapedQuote = "'\\''"): string {
	return `'${text.replaceAll("'", escapedQuote)}'`;
}
