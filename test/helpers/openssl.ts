// OpenSSL as the other side: what it says about our servers is not our own opinion.
import {execFile, spawn} from 'node:child_process';
import {buffer} from 'node:stream/consumers';
import {promisify} from 'node:util';

/** Runs `openssl WORDS...`; rejects when it fails. */
export async function openssl(...words: string[]): Promise<string> {
	const {stdout} = await promisify(execFile)('openssl', words);
	return stdout;
}

/** A GET over `openssl s_client WORDS...`: everything it printed, and its exit code. */
export async function getThroughOpenssl(port: number, path: string, ...words: string[]): Promise<{code: number | null; output: string}> {
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
		'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/O=Example/CN=Example CA', '-addext', 'basicConstraints=critical,CA:TRUE', '-keyout', key, '-out', certificate,
	);
}

/** A new RSA key and a certificate for it that this issuer signs. */
export async function makeIssued(certificate: string, key: string, issuer: {certificate: string; key: string}): Promise<void> {
	await openssl(
		'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=ts1.example.com', '-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'subjectAltName=DNS:ts1.example.com,DNS:localhost',
		'-addext', 'extendedKeyUsage=serverAuth,clientAuth', '-CA', issuer.certificate, '-CAkey', issuer.key, '-keyout', key, '-out', certificate,
	);
}
