import {WireError} from '../ssh-keys/wire.js';
import {status, type Status} from './protocol.js';

const descriptions: Record<Status, string> = {
	[status.ok]: 'Success',
	[status.endOfFile]: 'End of file',
	[status.noSuchFile]: 'No such file',
	[status.permissionDenied]: 'Permission denied',
	[status.failure]: 'Failure',
	[status.badMessage]: 'Bad message',
	[status.unsupported]: 'Operation unsupported',
};

/** Answers a request with a status other than OK; the session continues. */
export class StatusError extends Error {
	override readonly name = 'StatusError';

	constructor(
		readonly status: Status,
		message: string = descriptions[status],
	) {
		super(message);
	}
}

/** The client does not speak SFTP; the session ends. */
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
 * The status for an error. Its message never contains a path of this machine, as the message of a system error does. Rethrows
 * an error without a code, which is a bug.
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

/** The status as text. */
export function describeStatus(of: Status): string {
	return descriptions[of];
}
