import {exitCodes} from '../exit-codes.js';
import {audit} from '../appliance/audit.js';
import {serviceNames, type ServiceName, type Services} from '../services/service.js';
import {usage, type Command, type Context} from './command.js';

const verbs = ['list', 'status', 'is-active', 'start', 'stop', 'restart'] as const;
type Verb = (typeof verbs)[number];

/** TanOS's names for groups of services, in the order in which the services start. An all-in-one sandbox has no databases of its own. */
const serviceGroups: Readonly<Record<string, readonly ServiceName[]>> = {
	all: serviceNames,
	all_tanium: serviceNames,
	all_ts: ['taniumserver'],
	all_tms: ['taniummoduleserver', 'patch'],
	all_db: [],
	all_os: [],
};

function servicesMeant({names}: Services, word: string | undefined): readonly ServiceName[] {
	const name = word?.toLowerCase().replace(/\.service$/, '') ?? '';
	const group = (word: string) => serviceGroups[word]!.filter(one => names.includes(one));
	const meant = Object.hasOwn(serviceGroups, name) ? group(name) : names.filter(known => known === name);
	if (meant.length > 0) {
		return meant;
	}

	const fault =
		word === undefined
			? 'Name a service'
			: Object.hasOwn(serviceGroups, name)
				? `No service of ${name} is here`
				: `There is no service ${word}`;
	const groups = Object.keys(serviceGroups).filter(word => group(word).length > 0);
	throw usage(`${fault}. Services: ${names.join(', ')}. Groups: ${groups.join(', ')}.`);
}

async function service(context: Context): Promise<number> {
	const {
		words: [verb, name, ...more],
	} = context;
	const known = verbs.find(one => one === verb?.toLowerCase());
	if (known === undefined || more.length > 0) {
		throw usage(`Say what to do: service ${verbs.join('|')} SERVICE`);
	}

	return known === 'list' || known === 'status' || known === 'is-active' ? show(context, known, name) : control(context, known, name);
}

/** As systemctl: `is-active` says no with an exit code. */
async function show({session: {services}, json, print}: Context, verb: Verb, name: string | undefined): Promise<number> {
	const meant = verb === 'list' || (verb === 'status' && name === undefined) ? services.names : servicesMeant(services, name);
	const states = await Promise.all(meant.map(async one => services.state(one)));
	if (json) {
		print(JSON.stringify({services: states}));
	} else if (verb === 'is-active') {
		print(...states.map(({running}) => (running ? 'active' : 'inactive')));
	} else {
		print(
			...states.map(
				state => `${state.name.padEnd(22)}${state.running ? `running since ${state.since.toISOString()}, pid ${state.pid}` : 'stopped'}`,
			),
		);
	}

	return verb !== 'is-active' || states.every(({running}) => running) ? exitCodes.done : exitCodes.no;
}

async function control(
	{session: {services, layout, user}, conversation, json, print}: Context,
	verb: 'start' | 'stop' | 'restart',
	name: string | undefined,
): Promise<number> {
	const meant = servicesMeant(services, name);
	if (verb !== 'start' && !(await conversation.confirm(`${meant.join(', ')} will not answer while down. Go on?`, 'yes'))) {
		return exitCodes.no;
	}

	for (const one of verb === 'stop' ? meant.toReversed() : meant) {
		if (verb === 'start' && (await services.state(one)).running) {
			conversation.print(`${one} is already running.`);
			continue;
		}

		await audit(layout, {event: `service-${verb}`, user: user.name, service: one});
		await conversation.step(`${verb.charAt(0).toUpperCase()}${verb.slice(1)} ${one}`, async () => services[verb](one));
	}

	print(...(json ? [JSON.stringify({done: verb, services: meant})] : []));
	return exitCodes.done;
}

export const serviceCommands: readonly Command[] = [
	{
		name: 'service',
		group: 'TanOS Management',
		purpose: 'Show, start, stop and restart Tanium services',
		about:
			`Services: ${serviceNames.join(', ')}. Groups: all, all_tanium, all_ts, all_tms. `
			+ 'Stopping and restarting ask for one yes on standard input.',
		parameters: `${verbs.join('|')} [SERVICE] [json]`,
		examples: ['service list', 'service restart taniumserver <<< yes'],
		menu: '2-1',
		roles: ['tanadmin'],
		looks: ([verb]) => !['start', 'stop', 'restart'].includes(verb?.toLowerCase() ?? ''),
		run: service,
	},
];
