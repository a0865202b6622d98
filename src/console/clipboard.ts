/** Asks a terminal to put this text into its clipboard (xterm's OSC 52). A terminal that does not know or allow it ignores it. */
export function clipboardSequence(text: string): string {
	return `\u001B]52;c;${Buffer.from(text).toString('base64')}\u0007`;
}
