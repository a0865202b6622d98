import {regularExpression} from '../replay/pattern.js';
import {Problem} from '../problem.js';
import type {Operator} from '../ssh-client/host.js';
import type {Profile} from './profile.js';

/**
 * An operator whose password is known: it is the answer to the first question that the profile takes for one about the password. Whatever
 * else is asked goes to the operator. A question for a new password is answered by nobody: it rejects with Problem `password-expired`.
 */
export function withPassword(operator: Operator, {password: question, code, expired}: Profile['signIn'], password?: string): Operator {
	let left = password;
	const isForPassword = (asked: string) =>
		regularExpression(question).test(asked) && (code === undefined || !regularExpression(code).test(asked));
	return {
		isKnown: async host => operator.isKnown(host),
		notify: words => operator.notify(words),
		async answer(asked, options) {
			if (/passphrase/i.test(asked)) {
				return operator.answer(asked, options);
			}

			if (regularExpression(expired).test(asked)) {
				throw new Problem('password-expired', `The host asks to change the password: ${asked.trimEnd()}`, 'Sign in by hand and change it.');
			}

			if (password === undefined || !isForPassword(asked)) {
				return operator.answer(asked, options);
			}

			const answer = left;
			left = undefined; // A second question means that it is wrong. More tries would lock the account.
			return answer;
		},
	};
}
