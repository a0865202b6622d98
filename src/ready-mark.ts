// How a program at the other end of a pseudo-terminal learns that the console has finished with its keys: an operating
// system command (OSC, ECMA-48 8.3.89) that terminals ignore. It is written only when TANOS_READY_MARK=1 asks for it.

/** The number of the operating system command. */
export const readyMarkCode = 7717;

/** Says that the first `bytes` bytes of input are handled, no work is in progress and the frame is drawn. */
export function readyMark(bytes: number): string {
	return `\u001B]${readyMarkCode};ready;${bytes}\u0007`;
}
