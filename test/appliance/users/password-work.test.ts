// Nobody learns from the time of an answer which accounts exist or are locked: every refusal costs the same derivation of a key.
import crypto from 'node:crypto';
import {syncBuiltinESMExports} from 'node:module';
import test from 'ava';

const derivations: unknown[] = [];
const {scrypt} = crypto;
Object.assign(crypto, {
	scrypt(...words: Parameters<typeof scrypt>) {
		derivations.push([words[2], words[3]]);
		scrypt(...words);
	},
});
syncBuiltinESMExports(); // Before the modules below are loaded, which keep the function.
const {changePassword} = await import('../../../src/appliance/users/accounts.js');
const {answer, answers, appliance} = await import('./attempts.js');

test('a locked account is checked with as much work as a wrong password and an unknown name', async t => {
	const layout = await appliance(t);
	await changePassword(layout, 'tanadmin', 'Brand-New-Word-9'); // As much work to check as a real one; that of the others is cheap.
	await changePassword(layout, 'tanuser', 'Brand-New-Word-9');
	derivations.length = 0;
	t.deepEqual(await answers(layout, [0, 1, 2]), ['wrong', 'wrong', 'wrong']);
	t.is(await answer(layout, 3), 'locked');
	t.is(await answer(layout, 3, {user: 'tanuser'}), 'wrong');
	t.is(await answer(layout, 3, {user: 'nobody'}), 'wrong');
	const one = [32, {N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024}];
	t.deepEqual(derivations, [one, one, one, one, one, one]);
});
