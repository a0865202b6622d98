import type {Operator, UnknownHost} from '../../src/ssh-client/host.js';

export type Scripted = Operator & {
	/** Everything that was asked, and everything that was told. */
	asked: string[];
	told: string[];
	met: UnknownHost[];
};

/** An operator who gives these answers in their order, and then none. */
export function scripted(answers: readonly string[] = [], isKnown?: boolean): Scripted {
	const left = [...answers];
	const [asked, told, met]: [string[], string[], UnknownHost[]] = [[], [], []];
	return {
		asked,
		told,
		met,
		async isKnown(host) {
			met.push(host);
			return isKnown;
		},
		async answer(question) {
			asked.push(question);
			return left.shift();
		},
		notify: words => told.push(words),
	};
}
