import {WireError} from '../ssh-keys/wire.js';
import {status, type Status} from './protocol.js';

const words: Record<Status, string> = {
	[status.ok]: 'Success',
	[status.endOfFile]: 'End of file',
	[status.noSuchFile]: 'No such file',
	[status.permissionDenied]: 'Permission denied',
	[status.failure]: 'Failure',
	[status.badMessage]: 'Bad message',
	[status.unsupported]: 'Operation unsupported',
};

/** A request that is answered with a status other than OK; the session goes on. */
export class StatusError extends Error {
	override readonly name = 'StatusError';

	constructor(readonly status: Status, message: string = words[status]) {
		super(message);
	}
}

/** A client that does not speak SFTP, after which nothing it sends can be understood; the session ends. */
export class ProtocolError extends Error {
	override readonly name = 'ProtocolError';
}

// As errno_to_portable() of OpenSSH's sftp-server.c.
const statusOfCode: Record<string, Status> = {
	ENOENT: status.noSuchFile,
	ENOTDIR: status.noSuchFile,
	EBADF: status.noSuchFile,
	ELOOP: status.noSuchFile,
	EPERM: status.permissionDenied,
	EACCES: status.permissionDenied,
	EFAULT: status.permissionDenied,
	ENAMETOOLONG: status.badMessage,
	EINVAL: status.badMessage,
	ENOSYS: status.unsupported,
};

/**
 * The refusal that tells a client of this failure. It never holds a path of the machine, which a system error's message does.
 * What is neither a Refusal nor has an error code is a bug, and thrown again.
 */
export function statusErrorFor(error: unknown): StatusError {
	if (error instanceof StatusError) {
		return error;
	}

	if (error instanceof WireError) {
		return new StatusError(status.badMessage);
	}

	if (error instanceof Error && 'code' in error) {
		return new StatusError(statusOfCode[String(error.code)] ?? status.failure);
	}

	throw error;
}

/** The status in words. */
export function describeStatus(of: Status): string {
	return words[of];
}
