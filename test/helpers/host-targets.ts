// Targets of a host of host.ts, new pairs for them, and openssl as the judge of what is served.
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {packageRoot} from '../../src/services/package-root.js';
import type {Host} from './host.js';

/** Makes the example of this name in docs a target of the host. */
export async function useTarget(host: Host, name: string, change: (text: string) => string = text => text): Promise<void> {
	const folder = host.at('/etc/tanos/targets.d');
	await mkdir(folder, {recursive: true});
	const text = await readFile(path.join(packageRoot(), 'docs/targets', `${name}.json`), 'utf8');
	await writeFile(path.join(folder, `${name}.json`), change(text), {mode: 0o644});
}

/** SHA-256 of the certificate that openssl gets. */
export async function served(host: Host, port: number, ...more: string[]): Promise<string> {
	const {stdout} = await host.run([
		'sh',
		'-c',
		`openssl s_client -connect 127.0.0.1:${port} ${more.join(' ')} | openssl x509 -noout -fingerprint -sha256`,
	]);
	return stdout.replace(/^.*=/, '');
}

/** SHA-256 of a certificate file of the host, by openssl. */
export async function fingerprint(host: Host, file: string): Promise<string> {
	return (await host.run(['openssl', 'x509', '-in', file, '-noout', '-fingerprint', '-sha256'])).stdout.replace(/^.*=/, '');
}

/** An EC pair in /root, whose certificate has no extended key usage, made by openssl. */
export async function makePair(host: Host, name: string): Promise<void> {
	const words = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`, '-days', '90'];
	const extensions = [
		'-addext',
		`subjectAltName=DNS:${name}`,
		'-addext',
		'basicConstraints=critical,CA:FALSE',
		'-addext',
		'keyUsage=digitalSignature',
	];
	await host.run(['openssl', 'req', ...words, ...extensions, '-keyout', '/root/new.key', '-out', '/root/new.crt']);
}

/** What `tanos host install --json` prints. */
type Result = {outcome: string; told: string[]; outageMilliseconds?: number; steps?: Array<{title: string}>};

/** Installs the pair of makePair(). */
export async function install(host: Host, target: string): Promise<Result & {exitCode: number | undefined}> {
	const {stdout, stderr, exitCode} = await host.node('bin/tanos.js', 'host', 'install', target, '/root/new.crt', '/root/new.key', '--json');
	return stdout === '' ? {outcome: stderr, told: [], exitCode} : {...(JSON.parse(stdout) as Result), exitCode};
}

/** Installs the pair, and makes sure that it is what `ask` finds served, and that the target is well. */
export async function assertInstalled(t: ExecutionContext, host: Host, target: string, ask: () => Promise<string>): Promise<Result> {
	const result = await install(host, target);
	t.is(result.outcome, 'installed', result.told.join('\n'));
	t.is(await ask(), await fingerprint(host, '/root/new.crt'));
	const check = await host.node('bin/tanos.js', 'host', 'check', target);
	t.is(check.exitCode, 0, check.stdout);
	return result;
}
