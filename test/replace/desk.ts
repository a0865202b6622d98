// An operator's desk for `tanos replace`: a pair for an appliance, files with its passwords, its host key, and the command.
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {tanos, type Appliance} from '../helpers/appliance.js';
import {orderPair} from '../helpers/authority.js';
import {execute} from '../ssh-server/served.js';

export type Desk = {
	folder: string;
	/** Runs `tanos replace` for the appliance and reads its report. `port` is that of its SSH server. */
	replace(words?: readonly string[], options?: ReplaceOptions): Promise<Replaced>;
	/** The words of the command. */
	words(options: Pick<ReplaceOptions, 'port' | 'console'> & {report: string}): string[];
	/** Puts the host key of an SSH server on this port, a file, into the known hosts, and nothing else. */
	know(port: number, hostKey: string): Promise<void>;
	/** The fingerprint of the new certificate, by openssl. */
	fingerprint(): Promise<string>;
};

type ReplaceOptions = {
	port?: number;
	console?: string;
	/** What is typed at questions, one line for each. */
	input?: string;
	/** The file of the host's public key. Default: that of the appliance's own SSH server. */
	hostKey?: string;
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
	const inFolder = (...names: string[]) => names.map(name => path.join(folder, name));
	const [certificate = '', key = '', known = ''] = inFolder('SOAPServer.crt', 'SOAPServer.key', 'known_hosts');
	const [tanadmin = '', tancopy = '', tanium = ''] = inFolder('tanadmin.txt', 'tancopy.txt', 'tanium.txt');
	const know: Desk['know'] = async (port, hostKey) => writeFile(known, `[127.0.0.1]:${port} ${await readFile(hostKey, 'utf8')}`);
	const passwordFiles = ['--password-file', tanadmin, '--copy-password-file', tancopy, '--console-password-file', tanium];
	const words: Desk['words'] = ({port = ports.ssh, console: place = `127.0.0.1:${ports.console}`, report}) => {
		const names = ['--known-hosts', known, '-F', 'none', '--console', place, '--host', 'ts1.example.com'];
		return ['replace', certificate, key, `127.0.0.1:${port}`, ...names, ...passwordFiles, '--yes', '--report', report];
	};
	return {
		folder,
		words,
		know,
		async replace(more = [], options = {}) {
			const {port = ports.ssh, input = '', hostKey = `${layout.hostKey}.pub`} = options;
			const report = path.join(folder, 'report');
			await know(port, hostKey);
			const {exitCode, stdout, stderr} = await tanos([...words({...options, report}), ...more], {env: {SSH_AUTH_SOCK: ''}, input});
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
