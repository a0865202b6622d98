// Whether the Tanium Server and the Module Server trust each other, wherever they are.
import type {Identity} from '../../appliance/identity.js';
import {checkConnections, doubtsIn} from '../../registration/connections.js';
import {trustEachOther} from '../../registration/trust.js';
import {isReachable} from '../../installation/register-from.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';

/** What a person does when the Module Server is on another appliance. */
export function whereToRegister({name, ports}: Identity): string {
	return `on the Module Server, 2-M, or TaniumModuleServer register ${name}:${ports.console}`;
}

async function whereFrom(session: ConsoleSession): Promise<string> {
	return (await isReachable(session)) ? '2-M, Configure Module Server' : whereToRegister(session.identity);
}

/** Prints whether each server trusts the installed certificate of the other; `where` says where to register again. */
export async function printTrust(conversation: Conversation, session: ConsoleSession, where?: string): Promise<void> {
	const doubts = await doubtsAbout(session);
	if (doubts === '') {
		conversation.print("The Tanium Server and the Module Server trust each other's installed certificates.", 'good');
		return;
	}

	const fix = where ?? `: ${await whereFrom(session)}`;
	if (session.identity.role === 'all-in-one') {
		conversation.print(
			'The Tanium Server and the Module Server do not trust each other: a trust file lacks an installed '
				+ `certificate. Modules such as Patch do not work until the Module Server is registered again${fix}.`,
			'warning',
		);
	} else {
		conversation.print(
			`The Tanium Server and the Module Server have not proven that they trust each other: ${doubts}. Modules such as Patch do not `
				+ `work until both run and the Module Server is registered with the installed certificates${fix}.`,
			'warning',
		);
	}
}

/** By the trust files where both are on this appliance, else by the connections between the two servers; empty without doubts. */
async function doubtsAbout({layout, identity}: ConsoleSession): Promise<string> {
	if (identity.role === 'all-in-one') {
		return (await trustEachOther(layout)) ? '' : 'a trust file lacks an installed certificate';
	}

	return doubtsIn(await checkConnections(layout, identity));
}
