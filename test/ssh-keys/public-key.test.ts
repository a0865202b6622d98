import {execFile} from 'node:child_process';
import {generateKeyPairSync, type KeyObject} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import ssh2 from 'ssh2';
import {describeKey, readPublicKey} from '../../src/ssh-keys/public-key.js';
import {testWith} from '../helpers/test-with.js';
import {emptyFolder} from '../appliance/folder.js';

const testWithKeygen = testWith('ssh-keygen');

const run = promisify(execFile);

async function made(t: ExecutionContext, type: string, bits: string, comment = 'somebody@desk'): Promise<string> {
	const file = path.join(await emptyFolder(t), 'id');
	await run('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-C', comment, '-f', file]);
	return file;
}

/** The line that OpenSSH writes for a public key. */
function lineOf({privateKey}: {privateKey: KeyObject}): string {
	const pem = privateKey.export({type: privateKey.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'sec1', format: 'pem'});
	const key = ssh2.utils.parseKey(pem) as ssh2.ParsedKey;
	return `${key.type} ${key.getPublicSSH().toString('base64')} somebody@desk`;
}

const code = (line: string) => {
	try {
		return readPublicKey(line).kind;
	} catch (error) {
		return (error as {code: string}).code;
	}
};

for (const [type, bits] of [
	['ed25519', '256'],
	['rsa', '2048'],
	['rsa', '3072'],
	['ecdsa', '256'],
	['ecdsa', '384'],
	['ecdsa', '521'],
] as const) {
	testWithKeygen(`${type} ${bits}: said of it is what ssh-keygen says`, async t => {
		for (const comment of ['somebody@desk', 'of two words', '']) {
			const file = `${await made(t, type, bits, comment)}.pub`;
			const line = await readFile(file, 'utf8');
			const key = readPublicKey(line);
			t.is(`${describeKey(key)}\n`, (await run('ssh-keygen', ['-lf', file])).stdout);
			t.is(key.line, line.trim());
		}
	});
}

testWithKeygen('a private key is refused as what it is, in every format', async t => {
	const file = await made(t, 'rsa', '2048');
	t.is(code(await readFile(file, 'utf8')), 'private-key');
	await run('ssh-keygen', ['-p', '-q', '-P', '', '-N', '', '-m', 'PEM', '-f', file]);
	t.is(code(await readFile(file, 'utf8')), 'private-key');
	for (const line of [
		'-----BEGIN PRIVATE KEY-----',
		'-----BEGIN ENCRYPTED PRIVATE KEY-----',
		'-----BEGIN EC PRIVATE KEY-----',
		'PuTTY-User-Key-File-3: ssh-ed25519',
	]) {
		t.is(code(line), 'private-key', line);
	}
});

testWithKeygen('public keys in other formats are told how to be converted', async t => {
	const file = await made(t, 'rsa', '2048');
	for (const format of ['RFC4716', 'PKCS8', 'PEM']) {
		const {stdout} = await run('ssh-keygen', ['-e', '-m', format, '-f', `${file}.pub`]);
		t.is(code(stdout), 'not-public-key', format);
	}
});

test('weak and other keys are refused', t => {
	t.is(code(lineOf(generateKeyPairSync('rsa', {modulusLength: 1024}))), 'key-weak');
	t.is(code('ssh-dss AAAAB3NzaC1kc3MAAACBAO5o'), 'key-damaged');
	const dsa = Buffer.concat(['ssh-dss', 'p', 'q', 'g', 'y'].flatMap(word => [Buffer.from([0, 0, 0, word.length]), Buffer.from(word)]));
	t.is(code(`ssh-dss ${dsa.toString('base64')}`), 'key-type');
	const token = Buffer.concat(
		['sk-ssh-ed25519@openssh.com', 'k', 'ssh:'].flatMap(word => [Buffer.from([0, 0, 0, word.length]), Buffer.from(word)]),
	);
	t.is(code(`sk-ssh-ed25519@openssh.com ${token.toString('base64')}`), 'key-type');
});

test('options that forbid what nobody may do anyway are kept; others are refused', t => {
	const line = lineOf(generateKeyPairSync('ec', {namedCurve: 'prime256v1'}));
	t.is(readPublicKey(`no-port-forwarding,no-X11-forwarding ${line}`).line, `no-port-forwarding,no-x11-forwarding ${line}`);
	for (const option of ['from="10.0.0.1"', 'command="echo hello there"', 'restrict', 'no-pty', 'cert-authority']) {
		t.is(code(`${option} ${line}`), 'key-option', option);
	}
});

test('a key that is cut off, changed or not on its curve is damaged', t => {
	const line = lineOf(generateKeyPairSync('ec', {namedCurve: 'prime256v1'}));
	const [type = '', blob = ''] = line.split(' ');
	const bytes = Buffer.from(blob, 'base64');
	const offCurve = Buffer.from(bytes);
	offCurve.writeUInt8(bytes.at(-1)! ^ 1, bytes.length - 1);
	for (const wrong of ['', blob.slice(0, -4), `${blob}AAAA`, `${blob}!`, blob.slice(0, 20), offCurve.toString('base64')]) {
		t.is(code(`${type} ${wrong}`), 'key-damaged', wrong);
	}

	t.is(code(`ssh-ed25519 ${blob}`), 'key-damaged');
	t.is(code(`ssh-rsa ${Buffer.from('\0\0\0\u0007ssh-rsa\0\0\0\u0001\u0003\0\0\0\0').toString('base64')}`), 'key-damaged');
	t.is(code(`ssh-rsa ${Buffer.from('\0\0\0\u0007ssh-rsa\xFF\xFF\xFF\xFF', 'latin1').toString('base64')}`), 'key-damaged');
	for (const text of ['', 'hello', 'AAAAC3NzaC1lZDI1NTE5AAAAI', 'ssh', '#', '\u0000']) {
		t.is(code(text), 'not-public-key', text);
	}
});

test('a comment cannot steer a terminal', t => {
	const line = lineOf(generateKeyPairSync('ec', {namedCurve: 'prime256v1'}));
	t.is(readPublicKey(line.replace('somebody', '\u001B[2Jme')).comment, String.raw`\x1b[2Jme@desk`);
});
