// Every request that is understood, by its number or, for OpenSSH's extensions, by its name on the wire. The short names are
// those of sftp-server(8), -p and -P.
import {copyDataRequest, expandPathRequest, fstatvfsRequest, homeRequest, limitsRequest, namesOfIdsRequest, statvfsRequest} from './extended-requests.js';
import {closeRequest, fsetstatRequest, fstatRequest, fsyncRequest, openRequest, readRequest, writeRequest} from './file-requests.js';
import {hardlinkRequest, lsetstatRequest, readlinkRequest, symlinkRequest} from './link-requests.js';
import {mkdirRequest, opendirRequest, readdirRequest, realpathRequest, removeRequest, renameRequest, rmdirRequest, setstatRequest, statRequest} from './path-requests.js';
import {requestType} from './protocol.js';
import type {Handler, SftpSession} from './request.js';

export type Request = {
	name: string;
	handle: Handler;
	/** Whether it always changes something. OPEN may, and sees to that itself. */
	writes: boolean;
	/** Whether it needs what only the whole system has. */
	hostOnly: boolean;
	/** For an extension: its name on the wire and its version. */
	extension?: readonly [name: string, version: string];
};

type Traits = Partial<Pick<Request, 'writes' | 'hostOnly' | 'extension'>>;

const request = (name: string, handle: Handler, traits: Traits = {}): Request => ({name, handle, writes: false, hostOnly: false, ...traits});
const writes = {writes: true};
const hostOnly = {hostOnly: true};

const numbered: Readonly<Record<number, Request>> = {
	[requestType.open]: request('open', openRequest),
	[requestType.close]: request('close', closeRequest),
	[requestType.read]: request('read', readRequest),
	[requestType.write]: request('write', writeRequest, writes),
	[requestType.lstat]: request('lstat', statRequest('link')),
	[requestType.fstat]: request('fstat', fstatRequest),
	[requestType.setstat]: request('setstat', setstatRequest, writes),
	[requestType.fsetstat]: request('fsetstat', fsetstatRequest, writes),
	[requestType.opendir]: request('opendir', opendirRequest),
	[requestType.readdir]: request('readdir', readdirRequest),
	[requestType.remove]: request('remove', removeRequest, writes),
	[requestType.mkdir]: request('mkdir', mkdirRequest, writes),
	[requestType.rmdir]: request('rmdir', rmdirRequest, writes),
	[requestType.realpath]: request('realpath', realpathRequest),
	[requestType.stat]: request('stat', statRequest('target')),
	[requestType.rename]: request('rename', renameRequest('rename'), writes),
	[requestType.readlink]: request('readlink', readlinkRequest, hostOnly),
	[requestType.symlink]: request('symlink', symlinkRequest, {...writes, ...hostOnly}),
};

const extended: readonly Request[] = [
	request('posix-rename', renameRequest('replace'), {...writes, extension: ['posix-rename@openssh.com', '1']}),
	request('statvfs', statvfsRequest, {extension: ['statvfs@openssh.com', '2']}),
	request('fstatvfs', fstatvfsRequest, {extension: ['fstatvfs@openssh.com', '2']}),
	request('hardlink', hardlinkRequest, {...writes, ...hostOnly, extension: ['hardlink@openssh.com', '1']}),
	request('fsync', fsyncRequest, {...writes, extension: ['fsync@openssh.com', '1']}),
	request('lsetstat', lsetstatRequest, {...writes, ...hostOnly, extension: ['lsetstat@openssh.com', '1']}),
	request('limits', limitsRequest, {extension: ['limits@openssh.com', '1']}),
	request('expand-path', expandPathRequest, {...hostOnly, extension: ['expand-path@openssh.com', '1']}),
	request('copy-data', copyDataRequest, {...writes, ...hostOnly, extension: ['copy-data', '1']}),
	request('home-directory', homeRequest, {...hostOnly, extension: ['home-directory', '1']}),
	request('users-groups-by-id', namesOfIdsRequest, {...hostOnly, extension: ['users-groups-by-id@openssh.com', '1']}),
];

const byWireName = new Map(extended.map(request => [request.extension![0], request]));

/** The short names of all requests, in OpenSSH's order. */
export const requestNames: readonly string[] = [...Object.values(numbered), ...extended].map(({name}) => name);

/** The request with this number, or undefined when it is not known here. */
export function numberedRequest(type: number, session: SftpSession): Request | undefined {
	return known(numbered[type], session);
}

/** The extension with this name on the wire, or undefined when it is not known here. */
export function extendedRequest(name: string, session: SftpSession): Request | undefined {
	return known(byWireName.get(name), session);
}

/** The extensions that are announced to a client, each with its version. */
export function announced(session: SftpSession): ReadonlyArray<readonly [name: string, version: string]> {
	return extended
		.filter(request => known(request, session) && session.allows(request))
		.map(({extension}) => extension!);
}

function known(request: Request | undefined, {files}: SftpSession): Request | undefined {
	return request?.hostOnly && !files.hostOnly ? undefined : request;
}
