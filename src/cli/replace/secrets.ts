import {zeroizeUpload} from '../../appliance/uploads.js';
import {Problem} from '../../problem.js';
import type {WalkOptions} from '../../replace/walk.js';
import type {Operator} from '../../ssh-client/host.js';
import {readLocal} from '../local-file.js';

/** A password is at most as long as this. */
const maxBytes = 4096;

/** The first line of a file or descriptor. Rejects with Problem `no-password` when there is none. */
export async function readPassword(option: string, file: string): Promise<string> {
	const found = await readLocal(file, maxBytes);
	const line = found.state === 'read' ? found.bytes.toString('utf8').split(/\r?\n/)[0]! : '';
	zeroizeUpload(found);
	if (line === '') {
		throw new Problem('no-password', `${option} ${file}: no password can be read from it.`, 'Write it into the first line.');
	}

	return line;
}

/** The secrets of a profile: the passwords that are known, else the operator's answer. Declining is none, also with Ctrl+C. */
export function secretsFor(
	operator: Operator,
	account: string,
	passwords: {account: string | undefined; console?: string},
): WalkOptions['secretFor'] {
	return async name => {
		const known = name === 'console-password' ? passwords.console : passwords.account;
		return known ?? operator.answer(`Password of ${account}, for the console: `, {hidden: true}).catch(() => undefined);
	};
}
