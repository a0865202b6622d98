// An operator's desk for `tanos replace`: a pair for an appliance, files with its passwords, its host key, and the command.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {tanos, type Appliance} from '../helpers/appliance.js';
import {orderPair} from '../helpers/authority.js';
import {execute} from '../ssh-server/served.js';

export type Desk = {
	folder: string;
	/** Runs `tanos replace` for the appliance and reads its report. `port` is that of its SSH server. */
	replace(words?: readonly string[], options?: {port?: number; console?: string; input?: string}): Promise<Replaced>;
	/** The fingerprint of the new certificate, by openssl. */
	fingerprint(): Promise<string>;
};

export type Replaced = {
	exitCode: number | undefined;
	stdout: string;
	stderr: string;
	/** Everything that was printed and written. */
	everything: string;
	host: {outcome: string; screens: Array<{id: string; screen: string; typed?: string}>; problem?: {code: string; message: string}};
	markdown: string;
	cast: string;
};

/** A new pair for ts1.example.com and what the command needs. */
export async function deskFor(appliance: Appliance): Promise<Desk> {
	const {workFolder: folder, passwords, layout, ports} = appliance;
	await orderPair(folder, {names: ['ts1.example.com', 'localhost']});
	await Promise.all(
		Object.entries(passwords).map(async ([name, password]) => writeFile(path.join(folder, `${name}.txt`), `${password}\n`, {mode: 0o600})),
	);
	const known = async (port: number) =>
		writeFile(path.join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${await readFile(`${layout.hostKey}.pub`, 'utf8')}`);
	return {
		folder,
		async replace(words = [], {port = ports.ssh, console: place = `127.0.0.1:${ports.console}`, input = ''} = {}) {
			await known(port);
			const report = path.join(folder, 'report');
			const files = ['SOAPServer.crt', 'SOAPServer.key'].map(name => path.join(folder, name));
			const access = ['--known-hosts', path.join(folder, 'known_hosts'), '-F', 'none', '--console', place, '--host', 'ts1.example.com'];
			const passwordFiles = [
				['--password-file', 'tanadmin.txt'],
				['--copy-password-file', 'tancopy.txt'],
				['--console-password-file', 'tanium.txt'],
			].flatMap(([option = '', file = '']) => [option, path.join(folder, file)]);
			const {exitCode, stdout, stderr} = await tanos(
				['replace', ...files, `127.0.0.1:${port}`, ...access, ...passwordFiles, '--yes', '--report', report, ...words],
				{env: {SSH_AUTH_SOCK: ''}, input},
			);
			const [json, markdown, cast] = await Promise.all(
				['report.json', 'report.md', 'session.cast'].map(async name => readFile(path.join(report, name), 'utf8').catch(() => '')),
			);
			const host = json === '' ? {outcome: 'none', screens: []} : (JSON.parse(json!) as {hosts: [Replaced['host']]}).hosts[0];
			const everything = [stdout, stderr, json, markdown, cast].join('\n');
			return {exitCode, stdout, stderr, everything, host, markdown: markdown!, cast: cast!};
		},
		async fingerprint() {
			return opensslFingerprint(await readFile(path.join(folder, 'SOAPServer.crt'), 'utf8'));
		},
	};
}

/** What openssl says is presented on a port of loopback: the SHA-256 fingerprint, or nothing. */
export async function presentedTo(port: number): Promise<string> {
	const {out} = await execute('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'ts1.example.com'], {input: ''});
	const pem = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/.exec(out)?.[0];
	return pem === undefined ? '' : opensslFingerprint(pem);
}

async function opensslFingerprint(pem: string): Promise<string> {
	const {out} = await execute('openssl', ['x509', '-noout', '-fingerprint', '-sha256'], {input: pem});
	return out.trim().replace(/^.*=/, '');
}
