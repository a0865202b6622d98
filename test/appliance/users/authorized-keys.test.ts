import {execFile} from 'node:child_process';
import {mkdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {readAccounts, writeAccounts} from '../../../src/appliance/users/accounts.js';
import {
	addAuthorizedKeys,
	authorizedKeysOf,
	copyAuthorizedKeys,
	deleteAuthorizedKey,
} from '../../../src/appliance/users/authorized-keys.js';
import {generatePair, publicPartOf} from '../../../src/appliance/users/key-pairs.js';
import type {Layout} from '../../../src/appliance/layout.js';
import {newPrivateKey, publicLineOf} from '../../../src/ssh-keys/openssh-key.js';
import {describeKey} from '../../../src/ssh-keys/public-key.js';
import {testWith} from '../../helpers/test-with.js';
import {emptyLayout, modeOf} from '../folder.js';

const run = promisify(execFile);
const by = {user: 'tanadmin', from: 'console'};

async function appliance(t: ExecutionContext): Promise<Layout> {
	const layout = await emptyLayout(t);
	await mkdir(layout.settings, {recursive: true});
	const password = {scheme: 'scrypt', cost: 2, blockSize: 1, parallelization: 1, salt: '', hash: ''} as const;
	const account = (role: 'tanadmin' | 'tanuser' | 'tancopy') => ({role, password, authorizedKeys: []});
	await writeAccounts(layout.accounts, {
		tanadmin: account('tanadmin'),
		tanuser: account('tanuser'),
		tancopy: account('tancopy'),
		'../tanuser': account('tanuser'),
	});
	return layout;
}

async function newLine(comment = 'me'): Promise<string> {
	return publicLineOf(await newPrivateKey(comment), comment)!.trim();
}

const lines = async ({audit}: Layout) =>
	(await readFile(audit, 'utf8'))
		.trim()
		.split('\n')
		.map(line => JSON.parse(line) as Record<string, unknown>);
const saved = async (layout: Layout, user: string) => (await readAccounts(layout.accounts))[user]?.authorizedKeys;

test('keys are added, listed with their numbers, and deleted by number or fingerprint', async t => {
	const layout = await appliance(t);
	const all = [await newLine('one'), await newLine('two'), await newLine('three')] as const;
	await addAuthorizedKeys(layout, 'tanuser', `# mine\n\n${all[0]}\r\n${all[1]}\n`, by);
	await addAuthorizedKeys(layout, 'tanuser', all[2], by);
	const listed = await authorizedKeysOf(layout, 'tanuser');
	t.deepEqual(
		listed.map(({number, key}) => `${number} ${key?.comment}`),
		['1 one', '2 two', '3 three'],
	);
	t.is((await deleteAuthorizedKey(layout, 'tanuser', '2', by)).line, all[1]);
	await deleteAuthorizedKey(layout, 'tanuser', String(listed[2]?.key?.sha256), by);
	t.deepEqual(await saved(layout, 'tanuser'), [all[0]]);
	for (const which of ['2', '0', '', 'SHA256:', String(listed[2]?.key?.sha256)]) {
		await t.throwsAsync(deleteAuthorizedKey(layout, 'tanuser', which, by), {code: 'no-key'}, which);
	}

	t.deepEqual(
		(await lines(layout)).map(({event, user, account, key}) => [event, user, account, key]),
		[
			...listed.map(({key}) => ['key-added', 'tanadmin', 'tanuser', key?.sha256]),
			...[1, 2].map(index => ['key-deleted', 'tanadmin', 'tanuser', listed[index]!.key?.sha256]),
		],
	);
});

test('all keys of a text are added, or none', async t => {
	const layout = await appliance(t);
	const one = await newLine();
	const two = await newLine();
	for (const [text, code] of [
		[`${one}\nssh-rsa AAAA\n`, 'key-damaged'],
		['', 'not-public-key'],
		['# nothing', 'not-public-key'],
		[`${one}\n${two}\n${one} again`, 'key-known'],
	] as const) {
		await t.throwsAsync(addAuthorizedKeys(layout, 'tanuser', text, by), {code}, text);
	}

	t.deepEqual(await saved(layout, 'tanuser'), []);
	await t.throwsAsync(addAuthorizedKeys(layout, 'nobody', one, by), {code: 'no-account'});
	await t.throwsAsync(addAuthorizedKeys(layout, '__proto__', one, by), {code: 'no-account'});
});

test('an existing key is not added twice, whatever its comment or options are', async t => {
	const layout = await appliance(t);
	const line = await newLine();
	await addAuthorizedKeys(layout, 'tanuser', line, by);
	await t.throwsAsync(addAuthorizedKeys(layout, 'tanuser', `no-user-rc ${line} again`, by), {code: 'key-known'});
	t.deepEqual(await saved(layout, 'tanuser'), [line]);
});

test('a private key that is added by mistake is stored nowhere', async t => {
	const layout = await appliance(t);
	const key = (await newPrivateKey('me')).toString();
	const error = await t.throwsAsync(addAuthorizedKeys(layout, 'tanuser', key, by), {code: 'private-key'});
	t.false(key.split('\n').some(line => line !== '' && error.message.includes(line)));
	await t.throwsAsync(readFile(layout.audit), {code: 'ENOENT'});
});

test('keys that are added at the same time are all kept', async t => {
	const layout = await appliance(t);
	const all = await Promise.all(Array.from({length: 8}, async () => newLine()));
	await Promise.all(all.map(async line => addAuthorizedKeys(layout, 'tanuser', line, by)));
	t.deepEqual((await saved(layout, 'tanuser'))!.toSorted(), all.toSorted());
});

test('more than a hundred keys are refused', async t => {
	const layout = await appliance(t);
	const all = await Promise.all(Array.from({length: 101}, async () => newLine()));
	await t.throwsAsync(addAuthorizedKeys(layout, 'tanuser', all.join('\n'), by), {code: 'too-many-keys'});
	await addAuthorizedKeys(layout, 'tanuser', all.slice(1).join('\n'), by);
	t.is((await saved(layout, 'tanuser'))!.length, 100);
});

test('tancopy gets the keys that it does not have, and keeps its own', async t => {
	const layout = await appliance(t);
	const [own, both, other] = [await newLine('own'), await newLine('both'), await newLine('other')];
	await addAuthorizedKeys(layout, 'tancopy', `${own}\n${both}`, by);
	await addAuthorizedKeys(layout, 'tanadmin', `${both}\n${other}`, by);
	t.deepEqual(
		(await copyAuthorizedKeys(layout, 'tanadmin', 'tancopy', by)).map(({line}) => line),
		[other],
	);
	t.deepEqual(await saved(layout, 'tancopy'), [own, both, other]);
	t.deepEqual(await copyAuthorizedKeys(layout, 'tanadmin', 'tancopy', by), []);
	t.like((await lines(layout)).at(-1), {event: 'key-added', account: 'tancopy', copiedFrom: 'tanadmin'});
});

test('a line without a usable key is listed with the reason, and can be deleted', async t => {
	const layout = await appliance(t);
	const accounts = await readAccounts(layout.accounts);
	const line = await newLine();
	accounts['tanuser']!.authorizedKeys = ['# old', 'ssh-rsa AAAA', line];
	await writeAccounts(layout.accounts, accounts);
	const [first, second] = await authorizedKeysOf(layout, 'tanuser');
	t.like(first, {number: 1, fault: 'The ssh-rsa key is damaged or cut off.'});
	t.is(second?.number, 2);
	await deleteAuthorizedKey(layout, 'tanuser', 'ssh-rsa AAAA', by);
	t.deepEqual(await saved(layout, 'tanuser'), [line]);
});

testWith('ssh-keygen')(
	'a generated pair is one that ssh-keygen reads, for its owner alone, and stays until it may be replaced',
	async t => {
		const layout = await appliance(t);
		t.is(await publicPartOf(layout, 'tanadmin', 'ts1.example.com'), undefined);
		const key = await generatePair(layout, 'tanadmin', {by, host: 'ts1.example.com'});
		const file = path.join(layout.homes, 'tanadmin', '.ssh', 'id_ed25519');
		t.is(await modeOf(file), '0600');
		t.is(`${describeKey(key)}\n`, (await run('ssh-keygen', ['-lf', file])).stdout);
		t.is((await run('ssh-keygen', ['-yf', file])).stdout.trim(), key.line);
		t.is((await readFile(`${file}.pub`, 'utf8')).trim(), key.line);
		await t.throwsAsync(generatePair(layout, 'tanadmin', {by, host: 'ts1.example.com'}), {code: 'pair-exists'});
		t.deepEqual(await publicPartOf(layout, 'tanadmin', 'ts1.example.com'), key);
		const next = await generatePair(layout, 'tanadmin', {by, host: 'ts1.example.com', replace: true});
		t.not(next.sha256, key.sha256);
		t.like((await lines(layout)).at(-1), {event: 'key-pair-made', user: 'tanadmin', account: 'tanadmin', key: next.sha256, replaced: true});
		t.false((await readFile(layout.audit, 'utf8')).includes('PRIVATE'));
	},
);

test("no pair is created outside the user's folder", async t => {
	const layout = await appliance(t);
	await t.throwsAsync(generatePair(layout, '../tanuser', {by, host: 'x'}), {code: 'bad-user-name'});
	await t.throwsAsync(generatePair(layout, 'nobody', {by, host: 'x'}), {code: 'no-account'});
});
