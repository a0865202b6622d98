// The way the document describes: a configuration file, a key, a request, and a CA that signs it; all of it made by OpenSSL.
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {checkPair} from '../../src/certificates/check.js';
import {documentConfiguration} from '../helpers/enterprise-ca.js';
import {testWith} from '../helpers/test-with.js';
import {certificateName, keyName, uploaded} from './fixtures/files.js';

const configuration = `${documentConfiguration(['ts1.example.com', 'ts2.example.com'])}[ v3_ca ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
`;

const commands = [
	'req -x509 -newkey rsa:2048 -nodes -sha256 -keyout root.key -out root.crt -subj /CN=Root -days 400 -config c.cfg -extensions v3_ca',
	'req -new -newkey rsa:2048 -nodes -sha256 -keyout sub.key -out sub.csr -subj /CN=Sub -config c.cfg',
	'x509 -req -in sub.csr -CA root.crt -CAkey root.key -CAcreateserial -days 300 -sha256 -extfile c.cfg -extensions v3_ca -out sub.crt',
	'genrsa -out tanium.key 2048',
	'req -sha256 -new -out SOAPServer.csr -key tanium.key -config c.cfg',
	'x509 -req -in SOAPServer.csr -CA sub.crt -CAkey sub.key -CAcreateserial -days 200 -sha256 -copy_extensions copyall -out server.crt',
];

testWith('openssl')("the result of the document's example is accepted without findings, up to the root", async t => {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'openssl-'));
	t.teardown(async () => rm(folder, {recursive: true}));
	await writeFile(path.join(folder, 'c.cfg'), configuration);
	for (const command of commands) {
		await execa('openssl', command.split(' '), {cwd: folder});
	}

	const read = async (name: string) => readFile(path.join(folder, name));
	const [server, issuer, key, ca, request] = await Promise.all(
		['server.crt', 'sub.crt', 'tanium.key', 'root.crt', 'SOAPServer.csr'].map(async name => read(name)),
	);
	const check = (file: Buffer) =>
		checkPair(uploaded(certificateName, file), uploaded(keyName, key ?? ''), {
			hosts: ['ts1.example.com', 'ts2.example.com'],
			at: new Date(),
			...(ca && {ca}),
		});
	t.deepEqual(check(Buffer.concat([server ?? Buffer.alloc(0), issuer ?? Buffer.alloc(0)])).findings, []);
	t.deepEqual(
		check(server ?? Buffer.alloc(0)).findings.map(({id}) => id),
		['chain-broken', 'chain-missing'],
	);
	t.deepEqual(
		check(request ?? Buffer.alloc(0)).findings.map(({id}) => id),
		['cert-is-csr'],
	);
	const {stdout} = await execa('openssl', ['verify', '-x509_strict', '-CAfile', 'root.crt', '-untrusted', 'sub.crt', 'server.crt'], {
		cwd: folder,
		reject: false,
	});
	t.regex(stdout, /server\.crt: OK/);
});
