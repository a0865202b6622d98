import {randomBytes, randomInt, scrypt, timingSafeEqual} from 'node:crypto';
import {promisify} from 'node:util';
import * as v from 'valibot';

/** An scrypt hash (RFC 7914) with its parameters; salt and hash are base64. */
export const passwordHashSchema = v.object({
	scheme: v.literal('scrypt'),
	cost: v.number(),
	blockSize: v.number(),
	parallelization: v.number(),
	salt: v.string(),
	hash: v.string(),
});
export type PasswordHash = v.InferOutput<typeof passwordHashSchema>;

type ScryptOptions = {N: number; r: number; p: number; maxmem: number};

const derive = promisify<string, Uint8Array, number, ScryptOptions, Buffer>(scrypt);
const cost = {N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024};
const length = 32;

/** Hashes a password with a fresh salt, in the thread pool. */
export async function hashPassword(password: string): Promise<PasswordHash> {
	const salt = randomBytes(16);
	const hash = await derive(keyOf(password), salt, length, cost);
	return {
		scheme: 'scrypt',
		cost: cost.N,
		blockSize: cost.r,
		parallelization: cost.p,
		salt: salt.toString('base64'),
		hash: hash.toString('base64'),
	};
}

/** Whether this is the password. Takes as long for no account (`undefined`) as for a wrong password. */
export async function passwordMatches(password: string, stored: PasswordHash | undefined): Promise<boolean> {
	const options = stored ? {...cost, N: stored.cost, r: stored.blockSize, p: stored.parallelization} : cost;
	const salt = Buffer.from(stored?.salt ?? '', 'base64');
	const hash = await derive(keyOf(password), salt, length, options);
	return stored !== undefined && timingSafeEqual(hash, Buffer.from(stored.hash, 'base64'));
}

/** What is hashed. A NUL is replaced: HMAC, and with it scrypt, ignores NULs at the end of its key. */
function keyOf(password: string): string {
	return password.normalize('NFC').replaceAll('\0', '\uFFFD');
}

const sets = ['abcdefghijkmnopqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789', '-_.+='];

/** A random initial password that meets the rules; about 95 bits. It contains no easily confused characters. */
export function randomPassword(): string {
	const pick = (set: string) => set[randomInt(set.length)]!;
	const all = sets.join('');
	for (;;) {
		const password = Array.from({length: 16}, () => pick(all)).join('');
		if (/^[a-z]/i.test(password) && passwordComplaints(password, '').length === 0) {
			return password;
		}
	}
}

/** The password rules that this one does not meet; empty when it meets all. */
export function passwordComplaints(password: string, user: string): string[] {
	return rulesFor(password, user)
		.filter(([kept]) => !kept)
		.map(([, rule]) => rule);
}

/** All password rules, as passwordComplaints() names them. */
export function passwordRules(user: string): string[] {
	return rulesFor('', user).map(([, rule]) => rule);
}

function rulesFor(password: string, user: string): Array<[kept: boolean, rule: string]> {
	return [
		[[...password].length >= 10, 'at least 10 characters'],
		[/\p{Ll}/u.test(password), 'a lower case letter'],
		[/\p{Lu}/u.test(password), 'an upper case letter'],
		[/\p{Nd}/u.test(password), 'a digit'],
		[/[^\p{L}\p{Nd}]/u.test(password), 'a character that is neither letter nor digit'],
		[user === '' || !password.toLowerCase().includes(user.toLowerCase()), 'not the user name in it'],
	];
}
