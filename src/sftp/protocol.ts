// The numbers of SFTP version 3 (draft-ietf-secsh-filexfer-02), which is what OpenSSH speaks.

export const version = 3;

export const requestType = {
	init: 1,
	open: 3,
	close: 4,
	read: 5,
	write: 6,
	lstat: 7,
	fstat: 8,
	setstat: 9,
	fsetstat: 10,
	opendir: 11,
	readdir: 12,
	remove: 13,
	mkdir: 14,
	rmdir: 15,
	realpath: 16,
	stat: 17,
	rename: 18,
	readlink: 19,
	symlink: 20,
	extended: 200,
} as const;

export const replyType = {
	version: 2,
	status: 101,
	handle: 102,
	data: 103,
	name: 104,
	attributes: 105,
	extended: 201,
} as const;

export const status = {
	ok: 0,
	endOfFile: 1,
	noSuchFile: 2,
	permissionDenied: 3,
	failure: 4,
	badMessage: 5,
	unsupported: 8,
} as const;

export type Status = (typeof status)[keyof typeof status];

export const openFlag = {
	read: 1,
	write: 2,
	append: 4,
	create: 8,
	truncate: 16,
	exclusive: 32,
} as const;

/** The limits of a session; the sizes are those of OpenSSH's sftp-server. */
export const limits = {
	/** Bytes of a packet, without its length field. */
	packet: 256 * 1024,
	/** Bytes of one READ or WRITE. */
	transfer: 255 * 1024,
	/** Concurrently open files and folders. */
	handles: 100,
	/** Bytes of a path, as PATH_MAX. */
	path: 4096,
	/** Folders in a path. Each costs a system call for every request. */
	depth: 64,
	/** Names in one reply to READDIR. */
	names: 100,
} as const;
