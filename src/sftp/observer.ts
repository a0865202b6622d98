/** Something that a client did, or was refused, that is worth a line in the audit log. */
export type SftpEvent = {
	event: 'sftp-upload' | 'sftp-download' | 'sftp-remove' | 'sftp-rename';
	path: string;
	/** The new name. */
	to?: string;
	/** Bytes written or read. */
	bytes?: number;
	/** `completed`, `failed` or `interrupted`, or the words of a refusal. */
	result: string;
};

/** Records an event. The request is answered after that; when it rejects, the request fails. */
export type SftpObserver = (event: SftpEvent) => Promise<void>;

/** A client's path as people read it. */
export function shown(path: string): string {
	return Buffer.from(path, 'latin1').toString();
}
