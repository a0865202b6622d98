// `tanos windows`: guides a person through the procedures of Tanium's document for Windows. Nothing is changed from here.
import type {NamedPair} from '../certificate/pairs.js';
import {UsageError, type Command} from '../command.js';
import {activeActiveDefinition, moduleServerDefinition, standaloneDefinition} from '../definitions/windows.js';
import {parseCall} from '../parse-call.js';
import {guide} from './guide.js';
import {planFor} from './plan.js';
import {activeActiveProcedure, moduleServerProcedure, standaloneProcedure} from './procedures.js';
import {serverIn} from './servers.js';

const consolePort = 443;
const moduleServerPort = 17_477;

/** `tanos windows standalone`: the certificate of one Tanium Server. */
export const standalone: Command = async words => {
	const {values, arguments: given} = parseCall(standaloneDefinition, words);
	const server = serverIn(given['HOST[:PORT]'], 'HOST[:PORT]', consolePort);
	const thenModuleServer = values['then-module-server'];
	return guide(
		planFor(
			{
				name: standaloneDefinition.name,
				procedure: standaloneProcedure,
				conditions: thenModuleServer ? [] : ['registration'],
				places: {primary: [server], secondary: [], 'tanium-servers': [server], 'module-server': []},
				pairs: [{pair: pairOf(given.CRT, given.KEY), servers: [server]}],
				thenModuleServer,
			},
			values,
		),
	);
};

/** `tanos windows active-active`: the certificates of two Tanium Servers, the primary one first. */
export const activeActive: Command = async words => {
	const {values, arguments: given} = parseCall(activeActiveDefinition, words);
	const primary = serverIn(given['PRIMARY[:PORT]'], 'PRIMARY[:PORT]', consolePort);
	const secondary = serverIn(given['SECONDARY[:PORT]'], 'SECONDARY[:PORT]', consolePort);
	const {'then-module-server': thenModuleServer, 'secondary-crt': crt, 'secondary-key': key} = values;
	if (crt === undefined && key !== undefined) {
		throw new UsageError('--secondary-crt FILE is missing. --secondary-key is the key of that certificate.');
	}

	const pair = pairOf(given.CRT, given.KEY);
	return guide(
		planFor(
			{
				name: activeActiveDefinition.name,
				procedure: activeActiveProcedure,
				conditions: [crt === undefined ? 'shared-pair' : 'own-pair', ...(thenModuleServer ? [] : ['registration' as const])],
				places: {primary: [primary], secondary: [secondary], 'tanium-servers': [primary, secondary], 'module-server': []},
				pairs:
					crt === undefined
						? [{pair, servers: [primary, secondary]}]
						: [
								{pair, servers: [primary]},
								{pair: pairOf(crt, key), servers: [secondary]},
							],
				thenModuleServer,
			},
			values,
		),
	);
};

/** `tanos windows module-server`: the certificate of a Module Server. */
export const moduleServer: Command = async words => {
	const {values, arguments: given} = parseCall(moduleServerDefinition, words);
	const server = serverIn(given['HOST[:PORT]'], 'HOST[:PORT]', moduleServerPort);
	const taniumServers = values['tanium-server'].map(text => serverIn(text, '--tanium-server', consolePort));
	return guide(
		planFor(
			{
				name: moduleServerDefinition.name,
				procedure: moduleServerProcedure,
				conditions: [],
				places: {primary: [], secondary: [], 'tanium-servers': taniumServers, 'module-server': [server]},
				pairs: [{pair: pairOf(given.CRT, given.KEY), servers: [server]}],
				thenModuleServer: false,
			},
			values,
		),
	);
};

function pairOf(certificate: string, key: string | undefined): NamedPair {
	return {certificate, ...(key !== undefined && {key})};
}
