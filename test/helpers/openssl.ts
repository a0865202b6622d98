// OpenSSL as the other side: what it says about our servers is not our own opinion.
import {execFile, spawn} from 'node:child_process';
import {buffer} from 'node:stream/consumers';
import {promisify} from 'node:util';

const freshKey = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30'];

/** Runs `openssl WORDS...`; rejects when it fails. */
export async function openssl(...words: string[]): Promise<string> {
	const {stdout} = await promisify(execFile)('openssl', words);
	return stdout;
}

/** What a program printed, on both outputs, and how it ended. */
export type Printed = {code: number | null; output: string};

/** A GET over `openssl s_client WORDS...`: everything it printed, and its exit code. */
export async function getThroughOpenssl(port: number, path: string, ...words: string[]): Promise<Printed> {
	const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-ign_eof', ...words]);
	child.stdin.on('error', () => undefined); // It may end before it has read the request.
	child.stdin.end(`GET ${path} HTTP/1.0\r\n\r\n`);
	const exited = new Promise<number | null>(resolve => {
		child.once('close', resolve);
	});
	const printed = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
	return {code: await exited, output: Buffer.concat(printed).toString('latin1')};
}

/** A new RSA key and self-signed certificate that may issue others. */
export async function makeIssuer(certificate: string, key: string): Promise<void> {
	await openssl(
		...freshKey, '-subj', '/O=Example/CN=Example CA', '-addext', 'basicConstraints=critical,CA:TRUE', '-keyout', key, '-out', certificate,
	);
}

/** A new RSA key and a certificate for it that this issuer signs. */
export async function makeIssued(certificate: string, key: string, issuer: {certificate: string; key: string}): Promise<void> {
	const extensions = [
		'basicConstraints=critical,CA:FALSE', 'subjectAltName=DNS:ts1.example.com,DNS:localhost', 'extendedKeyUsage=serverAuth,clientAuth',
	].flatMap(extension => ['-addext', extension]);
	const signer = ['-CA', issuer.certificate, '-CAkey', issuer.key];
	await openssl(...freshKey, '-subj', '/CN=ts1.example.com', ...extensions, ...signer, '-keyout', key, '-out', certificate);
}
