// After ssl.crt was replaced, each Tanium Server must learn the new one: the Module Server is registered with all of them again.
import {describePlace, readRegisteredServers, type Place} from '../../appliance/server-places.js';
import {normalHost} from '../../certificates/parse/host-names.js';
import {Cancelled, printingProblems, type Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {offerRegistration} from './register-module-server.js';
import {registerWith} from './register-with.js';

/**
 * Offers to register the Module Server with each of its Tanium Servers, one after the other, and says how those are made up for with which
 * it was not. A registration that fails does not affect the installed pair, so it is reported and the next one follows.
 */
export async function registerWithAll(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const left: Place[] = [];
	const places = await placesOf(session);
	for (const place of places) {
		if (!(await register(conversation, session, place))) {
			left.push(place);
		}
	}

	if (left.length > 0 || places.length === 0) {
		conversation.print(howToRegister(session, left).join('\n'), 'warning');
	} else {
		conversation.print('The Module Server is registered again with each of its Tanium Servers.', 'good');
	}
}

/** The lines that say how the Module Server is registered with all its Tanium Servers. */
export async function howToRegisterWithAll(session: ConsoleSession): Promise<string[]> {
	return howToRegister(session, await placesOf(session));
}

function howToRegister(session: ConsoleSession, places: readonly Place[]): string[] {
	if (places.length === 0) {
		return ['The Module Server is not registered with a Tanium Server. To register it: TaniumModuleServer register HOST[:PORT]'];
	}

	return [
		'These Tanium Servers do not trust the new certificate, and modules do not work with them, until the Module Server is registered again:',
		...places.map(place => `  ${isOwn(session, place) ? 'soap register' : `TaniumModuleServer register ${describePlace(place)}`}`),
	];
}

/** The registered Tanium Servers; the own one when an all-in-one appliance has recorded none. */
async function placesOf({layout, identity}: ConsoleSession): Promise<Place[]> {
	const recorded = await readRegisteredServers(layout);
	return recorded ?? (identity.role === 'all-in-one' ? [{name: identity.name, port: identity.ports.console}] : []);
}

function isOwn({identity}: ConsoleSession, {name, port}: Place): boolean {
	return identity.role === 'all-in-one' && normalHost(name) === normalHost(identity.name) && port === identity.ports.console;
}

/** Resolves with whether it was registered. */
async function register(conversation: Conversation, session: ConsoleSession, place: Place): Promise<boolean> {
	let isRegistered = false;
	await printingProblems(conversation, async () => {
		isRegistered = isOwn(session, place)
			? await offerRegistration(conversation, session)
			: await offerElsewhere(conversation, session, place);
	});
	return isRegistered;
}

async function offerElsewhere(conversation: Conversation, session: ConsoleSession, place: Place): Promise<boolean> {
	try {
		return (
			(await conversation.confirm(`Re-register the Module Server with ${describePlace(place)} now?`, 'yes'))
			&& (await registerWith(conversation, session, place)) !== undefined
		);
	} catch (error) {
		if (error instanceof Cancelled) {
			return false;
		}

		throw error;
	}
}
