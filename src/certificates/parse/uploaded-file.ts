/** The result of reading an uploaded file. Files are read elsewhere; this module does no I/O. */
export type UploadedFile = {
	/** The name that was asked for, such as `SOAPServer.crt`. */
	name: string;
	/** Whether it lies on the operator's machine, and not in /incoming. */
	isLocal?: boolean;
} & (
	| {state: 'read'; bytes: Buffer; /** Number of hard links. */ links: number; /** Permission bits. */ mode: number}
	| {state: 'missing'; /** What is there instead. */ others: string[]}
	| {state: 'unreadable'}
	| {state: 'symlink'}
	| {state: 'not-file'; /** `a directory`, `a FIFO`, `a socket`, `a device`. */ kind: string}
	| {state: 'too-big'; /** In bytes. */ size: number}
);

/** The largest certificate or key file that is read, in bytes. */
export const maxFileBytes = 64 * 1024;
