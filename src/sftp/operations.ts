// The supported requests, by number or, for OpenSSH's extensions, by name on the wire. The short names are those of
// sftp-server(8), -p and -P.
import {
	copyDataRequest,
	expandPathRequest,
	fstatvfsRequest,
	homeRequest,
	limitsRequest,
	namesOfIdsRequest,
	statvfsRequest,
} from './extended-requests.js';
import {closeRequest, fsetstatRequest, fstatRequest, fsyncRequest, openRequest, readRequest, writeRequest} from './file-requests.js';
import {hardlinkRequest, lsetstatRequest, readlinkRequest, symlinkRequest} from './link-requests.js';
import {
	mkdirRequest,
	opendirRequest,
	readdirRequest,
	realpathRequest,
	removeRequest,
	renameRequest,
	rmdirRequest,
	setstatRequest,
	statRequest,
} from './path-requests.js';
import {requestType} from './protocol.js';
import type {Handler, Operation, SftpSession} from './request.js';

type Traits = Partial<Pick<Operation, 'writes' | 'onOpenFile' | 'hostOnly' | 'extension'>>;

const operation = (name: string, handle: Handler, traits: Traits = {}): Operation => ({
	name,
	handle,
	writes: false,
	onOpenFile: false,
	hostOnly: false,
	...traits,
});
const writes = {writes: true};
const writesToOpenFile = {writes: true, onOpenFile: true};
const hostOnly = {hostOnly: true};

const numbered: Readonly<Record<number, Operation>> = {
	[requestType.open]: operation('open', openRequest),
	[requestType.close]: operation('close', closeRequest),
	[requestType.read]: operation('read', readRequest),
	[requestType.write]: operation('write', writeRequest, writesToOpenFile),
	[requestType.lstat]: operation('lstat', statRequest('link')),
	[requestType.fstat]: operation('fstat', fstatRequest),
	[requestType.setstat]: operation('setstat', setstatRequest, writes),
	[requestType.fsetstat]: operation('fsetstat', fsetstatRequest, writesToOpenFile),
	[requestType.opendir]: operation('opendir', opendirRequest),
	[requestType.readdir]: operation('readdir', readdirRequest),
	[requestType.remove]: operation('remove', removeRequest, writes),
	[requestType.mkdir]: operation('mkdir', mkdirRequest, writes),
	[requestType.rmdir]: operation('rmdir', rmdirRequest, writes),
	[requestType.realpath]: operation('realpath', realpathRequest),
	[requestType.stat]: operation('stat', statRequest('target')),
	[requestType.rename]: operation('rename', renameRequest('rename'), writes),
	[requestType.readlink]: operation('readlink', readlinkRequest, hostOnly),
	[requestType.symlink]: operation('symlink', symlinkRequest, {...writes, ...hostOnly}),
};

const extended: readonly Operation[] = [
	operation('posix-rename', renameRequest('replace'), {...writes, extension: ['posix-rename@openssh.com', '1']}),
	operation('statvfs', statvfsRequest, {extension: ['statvfs@openssh.com', '2']}),
	operation('fstatvfs', fstatvfsRequest, {extension: ['fstatvfs@openssh.com', '2']}),
	operation('hardlink', hardlinkRequest, {...writes, ...hostOnly, extension: ['hardlink@openssh.com', '1']}),
	operation('fsync', fsyncRequest, {...writesToOpenFile, extension: ['fsync@openssh.com', '1']}),
	operation('lsetstat', lsetstatRequest, {...writes, ...hostOnly, extension: ['lsetstat@openssh.com', '1']}),
	operation('limits', limitsRequest, {extension: ['limits@openssh.com', '1']}),
	operation('expand-path', expandPathRequest, {...hostOnly, extension: ['expand-path@openssh.com', '1']}),
	operation('copy-data', copyDataRequest, {...writesToOpenFile, ...hostOnly, extension: ['copy-data', '1']}),
	operation('home-directory', homeRequest, {...hostOnly, extension: ['home-directory', '1']}),
	operation('users-groups-by-id', namesOfIdsRequest, {...hostOnly, extension: ['users-groups-by-id@openssh.com', '1']}),
];

const byWireName = new Map(extended.map(operation => [operation.extension![0], operation]));

/** The short names of all operations, in OpenSSH's order. */
export const operationNames: readonly string[] = [...Object.values(numbered), ...extended].map(({name}) => name);

/** The operation with this number; undefined when the session does not support it. */
export function numberedOperation(type: number, session: SftpSession): Operation | undefined {
	return supported(numbered[type], session);
}

/** The extension with this name on the wire; undefined when the session does not support it. */
export function extendedOperation(name: string, session: SftpSession): Operation | undefined {
	return supported(byWireName.get(name), session);
}

/** The extensions that the server announces, each with its version. */
export function announced(session: SftpSession): ReadonlyArray<readonly [name: string, version: string]> {
	return extended.filter(operation => supported(operation, session) && session.allows(operation)).map(({extension}) => extension!);
}

function supported(operation: Operation | undefined, {files}: SftpSession): Operation | undefined {
	return operation?.hostOnly && !files.hostOnly ? undefined : operation;
}
