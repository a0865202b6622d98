import {UsageError, type Command} from '../command.js';

const verbs: Record<string, () => Promise<Command>> = {
	check: async () => (await import('./check.js')).check,
	request: async () => (await import('./request.js')).request,
	show: async () => (await import('./show.js')).show,
	sign: async () => (await import('./sign.js')).sign,
};

/** `tanos certificate check|request|show|sign`. */
export const certificate: Command = async ([verb = '', ...rest]) => {
	const load = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
	if (!load) {
		const known = Object.keys(verbs).join(', ');
		throw new UsageError(verb === '' ? `Say what to do with certificates: ${known}.` : `There is no command certificate ${verb}; there are ${known}.`);
	}

	const command = await load();
	return command(rest);
};
