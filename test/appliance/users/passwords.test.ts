import test from 'ava';
import {hashPassword, passwordComplaints, passwordMatches, randomPassword} from '../../../src/appliance/users/passwords.js';

test('a password matches its hash and no other password does', async t => {
	const hash = await hashPassword('Correct-Horse-1');
	t.true(await passwordMatches('Correct-Horse-1', hash));
	t.false(await passwordMatches('correct-horse-1', hash));
	t.false(await passwordMatches('Correct-Horse-1 ', hash));
	t.false(await passwordMatches('', hash));
	t.false(await passwordMatches('Correct-Horse-1\0', hash), 'scrypt alone would ignore it');
});

test('without an account no password matches, not even an empty one', async t => {
	t.false(await passwordMatches('', undefined));
	t.false(await passwordMatches('Correct-Horse-1', undefined));
});

test('the same password is never hashed to the same text, and no hash contains it', async t => {
	const [one, two] = [await hashPassword('Correct-Horse-1'), await hashPassword('Correct-Horse-1')];
	t.not(one.hash, two.hash);
	t.not(one.salt, two.salt);
	t.false(JSON.stringify(one).includes('Correct'));
});

test('a hash contains its parameters, so that older hashes are still accepted when the cost changes', async t => {
	const {hash: _, salt, ...made} = await hashPassword('Correct-Horse-1');
	t.deepEqual(made, {scheme: 'scrypt', cost: 32_768, blockSize: 8, parallelization: 1});
	t.is(Buffer.from(salt, 'base64').length, 16);
	// RFC 7914, 12: the third test vector.
	const published = Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2', 'hex');
	t.true(
		await passwordMatches('pleaseletmein', {
			scheme: 'scrypt',
			cost: 16_384,
			blockSize: 8,
			parallelization: 1,
			salt: Buffer.from('SodiumChloride').toString('base64'),
			hash: published.toString('base64'),
		}),
	);
});

test('an accented letter is the same, whether composed or decomposed', async t => {
	t.true(await passwordMatches('Cafe\u0301-Noir-1', await hashPassword('Caf\u00E9-Noir-1')));
});

const lower = 'a lower case letter';
const upper = 'an upper case letter';
const digit = 'a digit';
const other = 'a character that is neither letter nor digit';
const long = 'at least 10 characters';

for (const [password, complaints] of [
	['Correct-Horse-1', []],
	['Aa1-567890', []],
	['Aa1-56789', [long]],
	['aa1-567890', [upper]],
	['AA1-567890', [lower]],
	['Aab-defghi', [digit]],
	['Aa1b567890', [other]],
	['', [long, lower, upper, digit, other]],
	['Äé1 567890', []],
	['😀😀😀😀Aa1', [long]],
	['Aa1-Tanadmin', ['not the user name in it']],
] as const) {
	test(`${JSON.stringify(password)} lacks ${complaints.length === 0 ? 'nothing' : complaints.join(' and ')}`, t => {
		t.deepEqual(passwordComplaints(password, 'tanadmin'), [...complaints]);
	});
}

test('random passwords follow the rules, start with a letter, differ, and contain no ambiguous character', t => {
	const passwords = Array.from({length: 500}, () => randomPassword());
	for (const password of passwords) {
		t.deepEqual(passwordComplaints(password, ''), []);
		t.regex(password, /^[a-zA-Z][\w.+=-]{15}$/);
		t.notRegex(password, /[0O1lI]/);
	}

	t.is(new Set(passwords).size, passwords.length);
});
