// Certificates that openssl makes, TLS servers on loopback that present them, and the guided procedure as a person sees it.
import {once} from 'node:events';
import {appendFile, readFile, writeFile} from 'node:fs/promises';
import type {AddressInfo} from 'node:net';
import path from 'node:path';
import process from 'node:process';
import {createServer, type Server} from 'node:tls';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {tanosFile} from '../../helpers/appliance.js';
import {makeCa, opensslIn} from '../../helpers/enterprise-ca.js';
import {temporaryFolder} from '../../helpers/sandbox.js';

/** The extensions that the document asks for, and those of an issuing CA. */
const extensions = `[server]
basicConstraints = CA:FALSE
keyUsage = digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth,clientAuth
subjectAltName = DNS:localhost,DNS:ts1.example.com,IP:127.0.0.1
[issuing]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
`;

/** A folder in which openssl has made a root and an issuing CA. */
export async function makeSite(t: ExecutionContext): Promise<string> {
	const folder = await temporaryFolder(t);
	await makeCa(folder);
	await writeFile(path.join(folder, 'extensions.cfg'), extensions);
	await sign(folder, {name: 'issuing', by: 'ca', subject: '/CN=Example-Issuing-CA', section: 'issuing'});
	return folder;
}

/** What a TLS server presents. */
export type Served = {cert: Buffer; key: Buffer};

/** The files of a pair, what a server with them presents, and what one presents to which only the first certificate was copied. */
export type Pair = {crt: string; key: string; whole: Served; leafOnly: Served};

/** NAME.crt, a certificate for localhost and 127.0.0.1 with the issuing CA behind it, and NAME.key. */
export async function makePair(folder: string, name: string): Promise<Pair> {
	await sign(folder, {name, by: 'issuing', subject: '/CN=ts1.example.com', section: 'server'});
	const files = {crt: path.join(folder, `${name}.crt`), key: path.join(folder, `${name}.key`)};
	const [leaf, key] = [await readFile(files.crt), await readFile(files.key)];
	await appendFile(files.crt, await readFile(path.join(folder, 'issuing.crt')));
	return {...files, whole: {cert: await readFile(files.crt), key}, leafOnly: {cert: leaf, key}};
}

type Signing = {name: string; by: string; subject: string; section: string};

async function sign(folder: string, {name, by, subject, section}: Signing): Promise<void> {
	await opensslIn(folder, `req -newkey rsa:2048 -nodes -sha256 -keyout ${name}.key -out ${name}.csr -subj ${subject}`);
	await opensslIn(
		folder,
		`x509 -req -sha256 -days 300 -in ${name}.csr -CA ${by}.crt -CAkey ${by}.key -CAcreateserial -out ${name}.crt `
			+ `-extfile extensions.cfg -extensions ${section}`,
	);
}

export type Presented = {port: number; server: Server; connections: number};

/** A TLS server on 127.0.0.1, at a free port unless one is given. */
export async function present(t: ExecutionContext, served: Served, port = 0): Promise<Presented> {
	const server = createServer(served);
	const presented = {port, server, connections: 0};
	server.on('connection', () => {
		presented.connections++;
	});
	server.on('tlsClientError', () => undefined);
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	presented.port = (server.address() as AddressInfo).port;
	t.teardown(() => server.close());
	return presented;
}

/** The fingerprint of a certificate file, from openssl. */
export async function fingerprintOf(folder: string, file: string): Promise<string> {
	return (await opensslIn(folder, `x509 -in ${file} -noout -fingerprint -sha256`)).replace(/^.*=/, '');
}

/** A text behind the last answer, the answer to the question that it belongs to (undefined ends the input), and what is done before. */
export type Turn = readonly [seen: RegExp, answer: string | undefined, act?: () => Promise<unknown>];

export const whenDone = 'Press Enter when it is done, or enter no to stop:';
export const whenToLook = 'Press Enter to look again, or enter no to stop:';

/** Runs `tanos windows WORDS...` with pipes. Each question is answered by the next turn; after the last one the input ends. */
export async function runGuide(
	t: ExecutionContext,
	words: readonly string[],
	turns: readonly Turn[],
): Promise<{code: number; seen: string}> {
	const child = execa(process.execPath, [tanosFile, 'windows', ...words], {reject: false, all: true});
	t.teardown(() => child.kill());
	let [seen, answered, turn] = ['', 0, 0];
	for await (const chunk of child.all as AsyncIterable<Buffer | string>) {
		seen += chunk.toString();
		const rest = seen.slice(answered);
		if (rest.trimEnd().endsWith(whenDone) || rest.trimEnd().endsWith(whenToLook)) {
			answered = seen.length;
			const [wanted, answer, act] = turns[turn++] ?? [/^/, undefined];
			t.regex(rest.replaceAll(/\s+/g, ' '), wanted); // However its lines are wrapped.
			await act?.();
			child.stdin.write(answer === undefined ? '' : `${answer}\n`);
			if (turn >= turns.length) {
				child.stdin.end();
			}
		}
	}

	t.true(turn >= turns.length, `${turns.length - turn} turns were not asked for:\n${seen}`);
	return {code: (await child).exitCode ?? -1, seen};
}
