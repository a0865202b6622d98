/** An action of a client, done or refused, for the audit log. */
export type SftpEvent = {
	event: 'sftp-upload' | 'sftp-download' | 'sftp-remove' | 'sftp-rename';
	path: string;
	/** The new name. */
	to?: string;
	/** Bytes written or read. */
	bytes?: number;
	/** `completed`, `failed` or `interrupted`, or the message of a refusal. */
	result: string;
};

/** Records an event before the request is answered. When it rejects, the request fails. */
export type SftpObserver = (event: SftpEvent) => Promise<void>;

/** A client's path, decoded as UTF-8. */
export function decodePath(path: string): string {
	return Buffer.from(path, 'latin1').toString();
}
