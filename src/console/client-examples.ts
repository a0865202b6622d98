// Examples for a client: they name the appliance as this client reached it.
import {isIPv6} from 'node:net';
import type {ConsoleEnvironment} from './environment.js';

type Reached = Pick<ConsoleEnvironment, 'reachedAt'>;

/** The lines of an SFTP session as tancopy, in which these commands are entered. */
export function sftpExample({reachedAt: {host, port}}: Reached, ...commands: readonly string[]): string[] {
	return [`  sftp -P ${port} ${asWord(`tancopy@${inUrl(host)}`)}`, ...commands.map(command => `  sftp> ${command}`)];
}

/** The lines that introduce and show the download of a file of the Tanium Server, which listens on this port. */
export function curlExample({reachedAt: {host}}: Reached, port: number, path: string): string[] {
	const name = path.split('/').at(-1);
	const url = `https://${isLoopback(host) ? 'localhost' : inUrl(host)}:${port}${path}`;
	return [isLoopback(host) ? 'or on this machine with' : 'or with', `  curl -k -o ${name} ${asWord(url)}`];
}

/** How an example is introduced: whether it is for this machine only. */
export function forExample({reachedAt: {host}}: Reached): string {
	return isLoopback(host) ? 'for example from this machine' : 'for example';
}

/** Addresses that a machine has for itself: RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3. */
function isLoopback(host: string): boolean {
	return /^127(?:\.\d{1,3}){3}$/.test(host) || host === '::1';
}

/** RFC 3986 section 3.2.2; sftp takes an address in the same way. */
function inUrl(host: string): string {
	return isIPv6(host) ? `[${host}]` : host;
}

/** A shell would take brackets for a pattern. */
function asWord(text: string): string {
	return text.includes('[') ? `'${text}'` : text;
}
